using System.Collections.Immutable;
using System.Numerics;

namespace SkPaged.Bench.Paper;

/// <summary>
/// A buddy allocator over a region of blocks, as a value. Chunks are powers of two and lie at
/// multiples of their size; one that is given back joins its buddy as soon as that is free.
/// </summary>
/// <remarks>
/// The region need not be a power of two: it is cut, from its beginning, into the largest aligned
/// powers of two that fit, and these never join. Source: Knuth, TAOCP 1, section 2.5; the paper
/// takes it for Orca's allocator (SOSP '23, section 6.1).
/// </remarks>
internal sealed class Buddy
{
    // Free chunks by order: the offsets of those of 2^order blocks.
    private readonly ImmutableArray<ImmutableSortedSet<int>> _free;

    private Buddy(ImmutableArray<ImmutableSortedSet<int>> free, int freeBlocks, int total) =>
        (_free, Free, Total) = (free, freeBlocks, total);

    /// <summary>Blocks of the region.</summary>
    public int Total { get; }

    /// <summary>Blocks in no chunk that was taken.</summary>
    public int Free { get; }

    /// <summary>A region of <paramref name="blocks"/> free blocks, at least 1.</summary>
    public static Buddy Create(int blocks)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(blocks, 1);
        var free = Enumerable.Repeat(
            ImmutableSortedSet<int>.Empty, BitOperations.Log2((uint)blocks) + 1).ToArray();
        for (var offset = 0; offset < blocks;)
        {
            var order = BitOperations.Log2((uint)(blocks - offset));
            free[order] = free[order].Add(offset);
            offset += 1 << order;
        }

        return new Buddy([.. free], blocks, blocks);
    }

    /// <summary>The order of the smallest chunk of at least so many blocks.</summary>
    public static int OrderOf(int blocks) =>
        BitOperations.Log2(BitOperations.RoundUpToPowerOf2((uint)blocks));

    /// <summary>Whether an empty region has a chunk of so many blocks.</summary>
    public static bool CanEverHold(int total, int blocks) =>
        OrderOf(blocks) <= BitOperations.Log2((uint)total);

    /// <summary>The lowest of the smallest free chunks that suffice; null: none does.</summary>
    public (Buddy Next, Chunk Chunk)? Take(int blocks)
    {
        var order = OrderOf(blocks);
        for (var from = order; from < _free.Length; from++)
        {
            if (!_free[from].IsEmpty)
                return Split(_free[from][0], from, order);
        }

        return null;
    }

    /// <summary>The region with <paramref name="chunk"/>, which was taken from it, free.</summary>
    public Buddy Give(Chunk chunk)
    {
        var (offset, order) = (chunk.Offset, chunk.Order);
        var free = _free.ToBuilder();
        while (order + 1 < free.Count && free[order].Contains(offset ^ (1 << order)))
        {
            free[order] = free[order].Remove(offset ^ (1 << order));
            offset &= ~(1 << order);
            order++;
        }

        free[order] = free[order].Add(offset);
        return new Buddy(free.MoveToImmutable(), Free + chunk.Blocks, Total);
    }

    // The lower half goes on, the upper halves stay free.
    private (Buddy, Chunk) Split(int offset, int from, int order)
    {
        var free = _free.ToBuilder();
        free[from] = free[from].Remove(offset);
        for (var half = from - 1; half >= order; half--)
            free[half] = free[half].Add(offset + (1 << half));
        var chunk = new Chunk(offset, order);
        return (new Buddy(free.MoveToImmutable(), Free - chunk.Blocks, Total), chunk);
    }
}

/// <summary>Blocks [Offset, Offset + 2^Order).</summary>
internal readonly record struct Chunk(int Offset, int Order)
{
    public int Blocks => 1 << Order;
}
