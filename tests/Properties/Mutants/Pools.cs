using System.Numerics;
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
                    BlockPool.None,
                    contents[id]?.Hash ?? default,
                    contents[id]))
            .ToArray();
        var buckets = Indexed(blocks);
        var uncached = Queued(blocks, [.. queue.Where(id => contents[id] is null)]);
        var cached = Queued(blocks, [.. queue.Where(id => contents[id] is not null)]);
        return new BlockPool(
            PersistentVector<Block>.Create(blocks.Length, id => blocks[id]),
            buckets,
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

    private static PersistentVector<int> Indexed(Block[] blocks)
    {
        var heads = new int[BitOperations.RoundUpToPowerOf2((uint)blocks.Length)];
        Array.Fill(heads, BlockPool.None);
        for (var id = 0; id < blocks.Length; id++)
        {
            if (blocks[id].Content is not { } content)
                continue;
            ref var head = ref heads[(int)(content.Hash.Value & (uint)(heads.Length - 1))];
            (blocks[id].NextInBucket, head) = (head, id);
        }

        return PersistentVector<int>.Create(heads.Length, bucket => heads[bucket]);
    }
}
