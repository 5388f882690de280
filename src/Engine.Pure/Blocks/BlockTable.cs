namespace SkPaged.Engine.Pure;

/// <summary>
/// Logical block -> physical block of one sequence. Position p of the sequence lies in block
/// <c>this[p / blockSize]</c> at offset <c>p % blockSize</c>.
/// </summary>
/// <remarks>
/// A table that did not change is the same object in the next plan: an executor that has sent it
/// to its device need not send it again. Source: SOSP '23, section 4.1 and figure 6.
/// </remarks>
public sealed class BlockTable
{
    private readonly AppendLog<BlockId> _blocks;

    private BlockTable(AppendLog<BlockId> blocks) => _blocks = blocks;

    /// <summary>The table of a sequence that holds nothing.</summary>
    public static BlockTable Empty { get; } = new(AppendLog<BlockId>.Empty);

    /// <summary>Blocks held.</summary>
    public int Count => _blocks.Count;

    /// <summary>The physical block of logical block <paramref name="index"/>.</summary>
    public BlockId this[int index] => _blocks[index];

    /// <summary>The physical blocks in logical order.</summary>
    public ReadOnlySpan<BlockId> Blocks => _blocks.Span;

    /// <summary>This table and the blocks that follow it.</summary>
    public BlockTable Append(ReadOnlySpan<BlockId> blocks) =>
        blocks.IsEmpty ? this : new BlockTable(_blocks.Append(blocks));

    /// <summary>This table with another block at its end.</summary>
    internal BlockTable WithLast(BlockId block) =>
        new(_blocks.Take(_blocks.Count - 1).Append(block));

    /// <summary>The blocks needed to hold <paramref name="tokens"/> tokens.</summary>
    public static int BlocksFor(int tokens, int blockSize) => (tokens + blockSize - 1) / blockSize;
}
