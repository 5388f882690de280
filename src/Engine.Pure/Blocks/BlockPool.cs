namespace SkPaged.Engine.Pure;

/// <summary>
/// All physical blocks: who is free, how many tables hold each, and what each caches. Immutable;
/// a rule opens one <see cref="BlockPoolEdit"/>, takes and releases, and freezes it into the next
/// pool.
/// </summary>
/// <remarks>
/// Every block is in one of three parts:
/// <code>
/// [ live: some table holds it ) [ free, caches a prefix ) [ free, caches nothing )
///                                least recently used first   longest free first
/// </code>
/// Blocks are taken from the right part first, then from the middle one, which forgets what they
/// cached. Source: SOSP '23, sections 4.2 and 4.4.
/// </remarks>
public sealed class BlockPool
{
    internal const int None = -1;

    internal BlockPool(
        PersistentVector<Block> blocks,
        PersistentVector<Slot> index,
        FreeQueue uncached,
        FreeQueue cached,
        long references)
    {
        (Blocks, Index) = (blocks, index);
        (Uncached, Cached, ReferencesTotal) = (uncached, cached, references);
    }

    /// <summary>Blocks of the pool.</summary>
    public int TotalCount => Blocks.Count;

    /// <summary>Blocks that no table holds.</summary>
    public int FreeCount => Uncached.Count + Cached.Count;

    /// <summary>Free blocks that cache a prefix.</summary>
    public int CachedCount => Cached.Count;

    /// <summary>Blocks that at least one table holds.</summary>
    public int LiveCount => TotalCount - FreeCount;

    /// <summary>References beyond the first of each block: what sharing saves, in blocks.</summary>
    public long SharesTotal => ReferencesTotal - LiveCount;

    internal long ReferencesTotal { get; }

    internal PersistentVector<Block> Blocks { get; }

    /// <summary>The slots of the prefix index, see <see cref="PrefixIndexEdit"/>.</summary>
    internal PersistentVector<Slot> Index { get; }

    internal FreeQueue Uncached { get; }

    internal FreeQueue Cached { get; }

    /// <summary>
    /// A pool of <paramref name="blocks"/> free blocks, at least 0, queued by id.
    /// </summary>
    public static BlockPool Create(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blocks);
        var all = PersistentVector<Block>.Create(blocks, index => new Block(
            0, index - 1, index + 1 < blocks ? index + 1 : None, 0, null));
        var free = blocks == 0 ? Pure.FreeQueue.Empty : new FreeQueue(0, blocks - 1, blocks);
        return new BlockPool(
            all, PrefixIndexEdit.Create(blocks), free, Pure.FreeQueue.Empty, references: 0);
    }

    /// <summary>Tables that hold <paramref name="block"/>.</summary>
    public int ReferenceCount(BlockId block) => Blocks[block.Value].ReferenceCount;

    /// <summary>What <paramref name="block"/> caches; null = nothing that can be found.</summary>
    internal BlockContent? Content(BlockId block) => Blocks[block.Value].Content;

    /// <summary>The free blocks, the next to be taken first.</summary>
    public IEnumerable<BlockId> FreeQueue()
    {
        for (var id = Uncached.Head; id != None; id = Blocks[id].Next)
            yield return new BlockId(id);
        for (var id = Cached.Head; id != None; id = Blocks[id].Next)
            yield return new BlockId(id);
    }

    /// <summary>
    /// The block that caches <paramref name="tokens"/> behind <paramref name="before"/>, if one
    /// does.
    /// </summary>
    /// <param name="before">What the block before holds; null = the first block.</param>
    /// <param name="salt">Only equal salts share.</param>
    /// <param name="tokens">As many as a block holds.</param>
    internal BlockId? Find(BlockContent? before, string? salt, ReadOnlySpan<TokenId> tokens) =>
        Edit().Find(before, salt, tokens);

    /// <summary>
    /// Says that this pool, and those before it, will never be read again.
    /// </summary>
    /// <param name="next">The pool that this one became; may be this one.</param>
    internal void RetireFor(BlockPool next)
    {
        Blocks.RetireFor(next.Blocks);
        Index.RetireFor(next.Index);
    }

    internal BlockPoolEdit Edit() => new(this);
}
