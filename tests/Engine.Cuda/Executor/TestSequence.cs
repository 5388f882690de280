using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>A sequence as a scheduler would keep it, with blocks in no order.</summary>
internal sealed class TestSequence(long id, int[] prompt, BlockSource blocks)
{
    public SequenceId Id { get; } = new(id);

    public int PromptCount { get; private init; } = prompt.Length;

    public AppendLog<TokenId> Tokens { get; private set; } =
        AppendLog<TokenId>.From([.. prompt.Select(token => new TokenId(token))]);

    public BlockTable Table { get; private set; } = BlockTable.Empty;

    /// <summary>Tokens whose K and V are in the cache.</summary>
    public int Computed { get; private set; }

    public int Uncomputed => Tokens.Count - Computed;

    /// <summary>
    /// The same tokens over the same blocks. If the last one is not full, the fork has a copy of it
    /// of its own, which a plan must make.
    /// </summary>
    public TestSequence Fork(long id, List<BlockCopy> copies)
    {
        var fork = new TestSequence(id, [], blocks)
        {
            PromptCount = PromptCount,
            Tokens = Tokens,
            Table = Table,
            Computed = Computed,
        };
        if (Computed % blocks.BlockSize == 0)
            return fork;
        var copy = blocks.Take();
        copies.Add(new(Table.Blocks[^1], copy));
        fork.Table = BlockTable.Empty.Append(Table.Blocks[..^1]).Append([copy]);
        return fork;
    }

    /// <summary>Its K and V were moved to other blocks.</summary>
    public void MoveTo(ReadOnlySpan<BlockId> table) => Table = BlockTable.Empty.Append(table);

    public void Append(int token) => Tokens = Tokens.Append(new TokenId(token));

    /// <summary>Takes the blocks that <paramref name="tokens"/> further tokens need.</summary>
    public void Advance(int tokens)
    {
        Computed += tokens;
        var missing = BlockTable.BlocksFor(Computed, blocks.BlockSize) - Table.Count;
        Table = Table.Append([.. Enumerable.Range(0, missing).Select(_ => blocks.Take())]);
    }
}
