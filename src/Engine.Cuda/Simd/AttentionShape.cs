namespace SkPaged.Engine.Cuda.Simd;

/// <summary>The sizes that attention over blocks needs.</summary>
/// <param name="QueryHeads">A multiple of <paramref name="KeyValueHeads"/>.</param>
/// <param name="KeyValueHeads">Each is shared by a group of query heads.</param>
/// <param name="HeadDim">A multiple of 16.</param>
/// <param name="BlockSize">Tokens a block holds.</param>
internal readonly record struct AttentionShape(
    int QueryHeads, int KeyValueHeads, int HeadDim, int BlockSize)
{
    private const int QueriesWanted = 32;
    private const int KeysWanted = 64;

    /// <summary>Query heads that share a key-value head.</summary>
    public int Group => QueryHeads / KeyValueHeads;

    /// <summary>Elements of a token's queries, keys and values.</summary>
    public int QkvStride => (QueryHeads + 2 * KeyValueHeads) * HeadDim;

    /// <summary>
    /// Tokens of a row that one piece of work takes: their queries share every key read.
    /// </summary>
    public int TokensPerTile => Math.Max(1, QueriesWanted / Group);

    /// <summary>Blocks whose scores are held at once.</summary>
    public int BlocksPerTile => Math.Max(1, KeysWanted / BlockSize);

    /// <summary>Keys whose scores are held at once, rounded up to a whole vector.</summary>
    public int ScoreStride => (BlocksPerTile * BlockSize + 7) / 8 * 8;

    /// <summary>Queries of a piece of work.</summary>
    public int QueriesMax => TokensPerTile * Group;

    /// <summary>Floats that a worker needs: queries, results, scores, maxima and sums.</summary>
    public int ScratchLength => QueriesMax * (2 * HeadDim + ScoreStride + 2);

    /// <summary>Where the cache holds the first token of a block's head.</summary>
    public nint HeadOffset(int block, int head) =>
        ((nint)block * KeyValueHeads + head) * BlockSize * HeadDim;
}
