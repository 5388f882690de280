using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Mutants;

/// <summary>Pools that no rule would make.</summary>
internal static class Pools
{
    /// <summary>The pool with other reference counts and another free queue.</summary>
    public static BlockPool Spoilt(this BlockPool pool, Action<int[], List<int>> spoil) =>
        Spoilt(pool, (counts, queue, _) => spoil(counts, queue));

    /// <summary>The pool with other counts, another queue, and other things cached.</summary>
    public static BlockPool Spoilt(
        this BlockPool pool, Action<int[], List<int>, BlockContent?[]> spoil)
    {
        var ids = Enumerable.Range(0, pool.TotalCount).Select(id => new BlockId(id)).ToList();
        var counts = ids.Select(pool.ReferenceCount).ToArray();
        var contents = ids.Select(pool.Content).ToArray();
        var queue = pool.FreeQueue()
            .Take(pool.TotalCount + 1)
            .Select(block => block.Value)
            .ToList();
        spoil(counts, queue, contents);
        var blocks = counts
            .Select((count, id) =>
                new Block(
                    count,
                    BlockPool.None,
                    BlockPool.None,
                    contents[id]?.Hash.Short ?? 0,
                    contents[id]))
            .ToArray();
        var index = Indexed(blocks);
        var uncached = Queued(blocks, [.. queue.Where(id => contents[id] is null)]);
        var cached = Queued(blocks, [.. queue.Where(id => contents[id] is not null)]);
        return new BlockPool(
            PersistentVector<Block>.Create(blocks.Length, id => blocks[id]),
            index,
            uncached,
            cached,
            counts.Sum());
    }

    private static FreeQueue Queued(Block[] blocks, List<int> queue)
    {
        for (var i = 0; i < queue.Count; i++)
        {
            blocks[queue[i]].Previous = i > 0 ? queue[i - 1] : BlockPool.None;
            blocks[queue[i]].Next = i + 1 < queue.Count ? queue[i + 1] : BlockPool.None;
        }

        return queue is [var head, .., var tail] ? new FreeQueue(head, tail, queue.Count)
            : queue is [var only] ? new FreeQueue(only, only, 1)
            : FreeQueue.Empty;
    }

    private static PersistentVector<Slot> Indexed(Block[] blocks)
    {
        var index = new PrefixIndexEdit(PrefixIndexEdit.Create(blocks.Length));
        for (var id = 0; id < blocks.Length; id++)
        {
            if (blocks[id].Content is not null)
                index.Add(id, blocks[id].Hash);
        }

        return index.Freeze();
    }
}
