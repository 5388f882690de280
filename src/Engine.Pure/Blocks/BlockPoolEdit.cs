using System.Diagnostics;

namespace SkPaged.Engine.Pure;

/// <summary>
/// One step's changes to a pool: mutable inside a rule, never visible outside it.
/// </summary>
internal ref struct BlockPoolEdit
{
    private readonly BlockPool _source;
    private readonly PersistentVector<Block>.Editor _blocks;
    private readonly PrefixIndexEdit _index;
    private FreeQueue _uncached;
    private FreeQueue _cached;
    private long _references;

    public BlockPoolEdit(BlockPool source)
    {
        _source = source;
        _blocks = source.Blocks.Edit();
        _index = new PrefixIndexEdit(source.Index);
        (_uncached, _cached) = (source.Uncached, source.Cached);
        _references = source.ReferencesTotal;
    }

    public readonly int FreeCount => _uncached.Count + _cached.Count;

    /// <summary>Cached blocks taken for something else since the edit began.</summary>
    public int Evictions { get; private set; }

    public readonly bool IsFree(BlockId id) => _blocks.Read(id.Value).ReferenceCount == 0;

    public readonly int ReferenceCount(BlockId id) => _blocks.Read(id.Value).ReferenceCount;

    public readonly BlockContent? Content(BlockId id) => _blocks.Read(id.Value).Content;

    /// <summary>The block that caches these tokens behind those before, if one does.</summary>
    public readonly BlockId? Find(
        BlockContent? before, string? salt, ReadOnlySpan<TokenId> tokens) =>
        Find(BlockHash.After(before?.Hash, salt, tokens), before, salt, tokens);

    private readonly BlockId? Find(
        BlockHash hash, BlockContent? before, string? salt, ReadOnlySpan<TokenId> tokens)
    {
        var place = hash.Short;
        while (_index.Next(hash.Short, ref place) is not BlockPool.None and var id)
        {
            if (Content(new BlockId(id))!.Is(before, salt, tokens))
                return new BlockId(id);
        }

        return null;
    }

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
    /// Copy on write: the table with a fresh block in place of its last one, which others go on
    /// holding. The caller has seen that one is free. Source: SOSP '23, section 4.4.
    /// </summary>
    public BlockTable CopyLast(BlockTable table, out BlockCopy copy)
    {
        var shared = table[table.Count - 1];
        copy = new BlockCopy(shared, Take());
        Release(shared);
        return table.WithLast(copy.To);
    }

    /// <summary>Adds one reference to each block of the table.</summary>
    public void Share(BlockTable table)
    {
        foreach (var block in table.Blocks)
            Share(block);
    }

    /// <summary>Adds one reference to a block, live or cached.</summary>
    public void Share(BlockId id)
    {
        ref var block = ref _blocks[id.Value];
        Debug.Assert(block.ReferenceCount > 0 || block.Content is not null, "It holds nothing.");
        if (block.ReferenceCount == 0)
            Unlink(ref _cached, ref block);
        block.ReferenceCount++;
        _references++;
    }

    /// <summary>
    /// Takes one reference from each block of the table. Its last block is queued first, so that
    /// of a chain the tail is reused before the head.
    /// </summary>
    public void Release(BlockTable table)
    {
        var blocks = table.Blocks;
        for (var i = blocks.Length - 1; i >= 0; i--)
            Release(blocks[i]);
    }

    /// <summary>
    /// Tells the prefix index what a full block holds, unless another block is known for it.
    /// </summary>
    /// <returns>The content as the index has it.</returns>
    public BlockContent Register(
        BlockId id, BlockContent? before, string? salt, ReadOnlySpan<TokenId> tokens)
    {
        var hash = BlockHash.After(before?.Hash, salt, tokens);
        if (Find(hash, before, salt, tokens) is { } known)
            return Content(known)!;
        var content = new BlockContent(before, salt, [.. tokens], hash);
        ref var block = ref _blocks[id.Value];
        Debug.Assert(block is { ReferenceCount: > 0, Content: null }, "It is not fresh.");
        (block.Content, block.Hash) = (content, hash.Short);
        _index.Add(id.Value, hash.Short);
        return content;
    }

    /// <summary>Ends the edit and takes back all that it did.</summary>
    public readonly void Abandon()
    {
        _blocks.Abandon();
        _index.Abandon();
    }

    public readonly BlockPool Freeze()
    {
        var (blocks, index) = (_blocks.Freeze(), _index.Freeze());
        return ReferenceEquals(blocks, _source.Blocks)
            ? _source
            : new BlockPool(blocks, index, _uncached, _cached, _references);
    }

    /// <summary>
    /// Takes a free block; the caller has seen that there is one. Those that cache nothing first:
    /// whatever is cached may be of use again.
    /// </summary>
    public BlockId Take()
    {
        Debug.Assert(FreeCount > 0, "A rule took a block without asking whether one is free.");
        var evicts = _uncached.Count == 0;
        ref var queue = ref evicts ? ref _cached : ref _uncached;
        var id = queue.Head;
        ref var block = ref _blocks[id];
        Unlink(ref queue, ref block);
        if (evicts)
            Forget(id, ref block);
        block.ReferenceCount = 1;
        _references++;
        return new BlockId(id);
    }

    private void Release(BlockId id)
    {
        ref var block = ref _blocks[id.Value];
        Debug.Assert(block.ReferenceCount > 0, "A block was released that no table holds.");
        block.ReferenceCount--;
        _references--;
        if (block.ReferenceCount > 0)
            return;
        if (block.Content is null)
            Link(ref _uncached, id.Value, ref block);
        else
            Link(ref _cached, id.Value, ref block);
    }

    private void Link(ref FreeQueue queue, int id, ref Block block)
    {
        (block.Previous, block.Next) = (queue.Tail, BlockPool.None);
        if (queue.Tail != BlockPool.None)
            _blocks[queue.Tail].Next = id;
        queue = new FreeQueue(
            queue.Count == 0 ? id : queue.Head, id, queue.Count + 1);
    }

    private void Unlink(ref FreeQueue queue, ref Block block)
    {
        var (previous, next) = (block.Previous, block.Next);
        (block.Previous, block.Next) = (BlockPool.None, BlockPool.None);
        if (previous != BlockPool.None)
            _blocks[previous].Next = next;
        if (next != BlockPool.None)
            _blocks[next].Previous = previous;
        queue = new FreeQueue(
            previous == BlockPool.None ? next : queue.Head,
            next == BlockPool.None ? previous : queue.Tail,
            queue.Count - 1);
    }

    // Takes a block out of the prefix index.
    private void Forget(int id, ref Block block)
    {
        _index.Remove(id, block.Hash);
        (block.Content, block.Hash) = (null, 0);
        Evictions++;
    }
}
