using System.Diagnostics;

namespace SkPaged.Engine.Pure;

/// <summary>One step's changes to a pool: mutable inside a rule, never visible outside it.</summary>
internal ref struct BlockPoolEdit
{
    private readonly BlockPool _source;
    private PersistentVector<Block>.Editor _blocks;
    private int _freeHead;
    private int _freeTail;

    public BlockPoolEdit(BlockPool source, PersistentVector<Block>.Editor blocks)
    {
        _source = source;
        _blocks = blocks;
        (_freeHead, _freeTail, FreeCount) = (source.FreeHead, source.FreeTail, source.FreeCount);
    }

    public int FreeCount { get; private set; }

    /// <summary>
    /// The table and the blocks that it needs to hold <paramref name="tokens"/> tokens. The caller
    /// has seen that enough are free.
    /// </summary>
    public BlockTable Grow(BlockTable table, int tokens, int blockSize)
    {
        var needed = BlockTable.BlocksFor(tokens, blockSize) - table.Count;
        if (needed <= 0)
            return table;
        Span<BlockId> taken = needed <= 64 ? stackalloc BlockId[needed] : new BlockId[needed];
        foreach (ref var block in taken)
            block = Take();
        return table.Append(taken);
    }

    /// <summary>
    /// Takes one reference from each block of the table. Its last block is queued first, so that
    /// of a sequence that is over the tail is reused before the head.
    /// </summary>
    public void Release(BlockTable table)
    {
        var blocks = table.Blocks;
        for (var i = blocks.Length - 1; i >= 0; i--)
            Release(blocks[i]);
    }

    public BlockPool Freeze()
    {
        var blocks = _blocks.Freeze();
        return ReferenceEquals(blocks, _source.Blocks)
            ? _source
            : new BlockPool(blocks, _freeHead, _freeTail, FreeCount);
    }

    private BlockId Take()
    {
        Debug.Assert(FreeCount > 0, "A rule took a block without asking whether one is free.");
        var id = _freeHead;
        ref var block = ref _blocks[id];
        _freeHead = block.NextFree;
        if (_freeHead == BlockPool.None)
            _freeTail = BlockPool.None;
        block = new Block(ReferenceCount: 1, NextFree: BlockPool.None);
        FreeCount--;
        return new BlockId(id);
    }

    private void Release(BlockId id)
    {
        ref var block = ref _blocks[id.Value];
        Debug.Assert(block.ReferenceCount > 0, "A block was released that no table holds.");
        block.ReferenceCount--;
        if (block.ReferenceCount > 0)
            return;
        if (_freeTail == BlockPool.None)
            _freeHead = id.Value;
        else
            _blocks[_freeTail].NextFree = id.Value;
        _freeTail = id.Value;
        FreeCount++;
    }
}
