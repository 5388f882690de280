namespace SkPaged.Engine.Pure;

/// <summary>
/// All physical blocks: who is free, and how many tables hold each. Immutable; a rule opens one
/// <see cref="BlockPoolEdit"/>, takes and releases, and freezes it into the next pool.
/// </summary>
/// <remarks>
/// The free queue is threaded through the blocks themselves: blocks are taken from its head
/// (longest free) and released to its tail. Source: SOSP '23, section 4.2.
/// </remarks>
public sealed class BlockPool
{
    internal const int None = -1;

    internal BlockPool(PersistentVector<Block> blocks, int freeHead, int freeTail, int freeCount) =>
        (Blocks, FreeHead, FreeTail, FreeCount) = (blocks, freeHead, freeTail, freeCount);

    /// <summary>Blocks of the pool.</summary>
    public int TotalCount => Blocks.Count;

    /// <summary>Blocks that no table holds.</summary>
    public int FreeCount { get; }

    /// <summary>Blocks that at least one table holds.</summary>
    public int LiveCount => TotalCount - FreeCount;

    internal PersistentVector<Block> Blocks { get; }

    internal int FreeHead { get; }

    internal int FreeTail { get; }

    /// <summary>A pool of <paramref name="blocks"/> free blocks, queued by id.</summary>
    public static BlockPool Create(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        var all = PersistentVector<Block>.Create(
            blocks, index => new Block(0, index + 1 < blocks ? index + 1 : None));
        return new BlockPool(all, freeHead: 0, freeTail: blocks - 1, freeCount: blocks);
    }

    /// <summary>Tables that hold <paramref name="block"/>.</summary>
    public int ReferenceCount(BlockId block) => Blocks[block.Value].ReferenceCount;

    /// <summary>The free blocks, the next to be taken first.</summary>
    public IEnumerable<BlockId> FreeQueue()
    {
        for (var id = FreeHead; id != None; id = Blocks[id].NextFree)
            yield return new BlockId(id);
    }

    internal BlockPoolEdit Edit() => new(this, Blocks.Edit());
}
