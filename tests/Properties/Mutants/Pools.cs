using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Mutants;

/// <summary>Pools that no rule would make.</summary>
internal static class Pools
{
    /// <summary>The pool with other reference counts and another free queue.</summary>
    public static BlockPool Spoilt(this BlockPool pool, Action<int[], List<int>> spoil)
    {
        var counts = Enumerable.Range(0, pool.TotalCount)
            .Select(id => pool.ReferenceCount(new BlockId(id)))
            .ToArray();
        var queue = pool.FreeQueue()
            .Take(pool.TotalCount + 1)
            .Select(block => block.Value)
            .ToList();
        spoil(counts, queue);
        var next = queue.Zip(queue.Skip(1).Append(BlockPool.None), (id, after) => (id, after))
            .DistinctBy(pair => pair.id)
            .ToDictionary(pair => pair.id, pair => pair.after);
        return new BlockPool(
            PersistentVector<Block>.Create(pool.TotalCount, id =>
                new Block(counts[id], next.GetValueOrDefault(id, BlockPool.None))),
            queue is [var head, ..] ? head : BlockPool.None,
            queue is [.., var tail] ? tail : BlockPool.None,
            queue.Count);
    }
}
