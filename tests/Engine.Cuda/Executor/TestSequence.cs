using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>A sequence as a scheduler would keep it, with blocks in no order.</summary>
internal sealed class TestSequence(long id, int[] prompt, BlockSource blocks)
{
    public SequenceId Id { get; } = new(id);

    public int PromptCount { get; } = prompt.Length;

    public AppendLog<TokenId> Tokens { get; private set; } =
        AppendLog<TokenId>.From([.. prompt.Select(token => new TokenId(token))]);

    public BlockTable Table { get; private set; } = BlockTable.Empty;

    /// <summary>Tokens whose K and V are in the cache.</summary>
    public int Computed { get; private set; }

    public int Uncomputed => Tokens.Count - Computed;

    public void Append(int token) => Tokens = Tokens.Append(new TokenId(token));

    /// <summary>Takes the blocks that <paramref name="tokens"/> further tokens need.</summary>
    public void Advance(int tokens)
    {
        Computed += tokens;
        var missing = BlockTable.BlocksFor(Computed, blocks.BlockSize) - Table.Count;
        Table = Table.Append([.. Enumerable.Range(0, missing).Select(_ => blocks.Take())]);
    }
}
