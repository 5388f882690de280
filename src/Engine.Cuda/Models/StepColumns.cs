namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A step as the decoder's launches need it: how much there is of everything, and where its columns
/// lie on the device.
/// </summary>
/// <param name="Tokens">Tokens of the step.</param>
/// <param name="Samples">Rows that sample.</param>
/// <param name="Queries">Tokens that are queries of their own.</param>
/// <param name="Tiles">Tiles of the other tokens.</param>
internal readonly record struct StepColumns(int Tokens, int Samples, int Queries, int Tiles)
{
    /// <summary>Whether each token is a query of its own, the last one of its sequence.</summary>
    public bool IsDecode => Tiles == 0 && Queries == Tokens && QueryTokens == 0;

    /// <summary>Of each token; -1 - i is sample i of the step before.</summary>
    public nint Ids { get; init; }

    /// <summary>Of each token.</summary>
    public nint Positions { get; init; }

    /// <summary>Of each token: block x block size + offset; -1: it has none.</summary>
    public nint Slots { get; init; }

    /// <summary>Of each row that samples: its last token; 0: the first tokens.</summary>
    public nint Sampled { get; init; }

    /// <summary>Of each query: its token; 0: the first ones.</summary>
    public nint QueryTokens { get; init; }

    /// <summary>Of each query: the keys that it sees; 0: it is none.</summary>
    public nint Lengths { get; init; }

    /// <summary>Of each query: where its block table begins.</summary>
    public nint Tables { get; init; }

    /// <summary>
    /// Of each query: units of keys of those before it, and behind the last one of all.
    /// </summary>
    public nint Units { get; init; }

    /// <summary><see cref="Kernels.QueryTile"/>s.</summary>
    public nint TileColumn { get; init; }

    /// <summary>Block tables, one after the other.</summary>
    public nint Blocks { get; init; }
}
