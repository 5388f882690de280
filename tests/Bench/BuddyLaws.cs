using FsCheck.Xunit;
using SkPaged.Bench.Paper;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>The allocator of the baselines, over random histories.</summary>
public class BuddyLaws
{
    private const int Cases = 200;

    [Property(MaxTest = Cases, Replay = "17,19")]
    public void Chunks_taken_never_overlap_and_lie_within_the_region(ushort size, int seed) =>
        Check(size, seed, (buddy, taken) =>
        {
            var blocks = taken
                .SelectMany(chunk => Enumerable.Range(chunk.Offset, chunk.Blocks))
                .ToList();
            Assert.Equal(blocks.Count, blocks.Distinct().Count());
            Assert.All(blocks, block => Assert.InRange(block, 0, buddy.Total - 1));
        });

    [Property(MaxTest = Cases, Replay = "23,29")]
    public void Blocks_taken_and_blocks_free_are_all_blocks(ushort size, int seed) =>
        Check(size, seed, (buddy, taken) =>
            Assert.Equal(buddy.Total, buddy.Free + taken.Sum(chunk => chunk.Blocks)));

    [Property(MaxTest = Cases, Replay = "31,37")]
    public void A_chunk_suffices_is_less_than_twice_too_large_and_is_aligned(ushort size, int seed)
    {
        var random = new Random(seed);
        var blocks = random.Next(1, size + 2);
        if (Buddy.Create(size + 1).Take(blocks) is not { } taken)
        {
            Assert.False(Buddy.CanEverHold(size + 1, blocks));
            return;
        }

        Assert.InRange(taken.Chunk.Blocks, blocks, 2 * blocks - 1);
        Assert.Equal(0, taken.Chunk.Offset % taken.Chunk.Blocks);
    }

    [Property(MaxTest = Cases, Replay = "41,43")]
    public void Given_back_in_any_order_all_is_as_at_the_start(ushort size, int seed)
    {
        var (buddy, taken) = History(size, new Random(seed), (_, _) => { });
        foreach (var chunk in taken.OrderBy(chunk => HashCode.Combine(chunk, seed)))
            buddy = buddy.Give(chunk);
        Assert.Equal(buddy.Total, buddy.Free);
        var fresh = Buddy.Create(buddy.Total);
        for (var blocks = 1; blocks <= buddy.Total; blocks *= 2)
            Assert.Equal(fresh.Take(blocks)?.Chunk, buddy.Take(blocks)?.Chunk);
    }

    [Fact]
    public void Nothing_is_taken_where_all_free_chunks_are_too_small()
    {
        var (buddy, first) = Buddy.Create(4).Take(1)!.Value;
        Assert.Null(buddy.Take(3));
        Assert.NotNull(buddy.Give(first).Take(3));
    }

    private static void Check(ushort size, int seed, Action<Buddy, IReadOnlyList<Chunk>> law) =>
        History(size, new Random(seed), law);

    private static (Buddy, List<Chunk>) History(
        ushort size, Random random, Action<Buddy, IReadOnlyList<Chunk>> law)
    {
        var (buddy, taken) = (Buddy.Create(size % 700 + 1), new List<Chunk>());
        for (var step = 0; step < 60; step++)
        {
            if (taken.Count > 0 && random.Next(3) == 0)
            {
                var index = random.Next(taken.Count);
                buddy = buddy.Give(taken[index]);
                taken.RemoveAt(index);
            }
            else if (buddy.Take(random.Next(1, 1 + buddy.Total / 4 + 1)) is { } next)
            {
                buddy = next.Next;
                taken.Add(next.Chunk);
            }

            law(buddy, taken);
        }

        return (buddy, taken);
    }
}
