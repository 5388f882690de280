using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using TorchSharp;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// The real model under load, and everyone who may leave leaves: at every moment, in every way.
/// Alone in the process: it measures the process's memory.
/// </summary>
[Collection(nameof(CancellationStressTests))]
[CollectionDefinition(nameof(CancellationStressTests), DisableParallelization = true)]
public sealed class CancellationStressTests(ITestOutputHelper output)
{
    private const int CallersPerThird = 520;

    // A prompt is longer than a step may be, so each has a moment in the middle of its prefill;
    // the blocks are fewer than the sequences that could run would fill, so some are preempted.
    private static readonly SchedulerConfig s_config = new()
    {
        BlockSize = 8,
        BlocksTotal = 28,
        MaxModelLength = 256,
        VocabularySize = 4096,
        MaxSequences = 24,
        MaxBatchedTokens = 40,
    };

    [Fact]
    public async Task A_thousand_random_cancellations_leave_every_block_free_and_memory_flat()
    {
        await using var model = await WatchedEngine.LoadAsync(s_config);
        List<Departure> left = [];
        List<Memory> thirds = [];
        for (var third = 0; third < 3; third++)
        {
            using (var crowd = new Crowd(model, CallersPerThird, seed: third))
                left.AddRange(await crowd.AskAll());
            await AssertNothingIsHeld(model.Engine);
            thirds.Add(Memory.Now());
        }

        output.WriteLine(string.Join(", ", left.CountBy(way => way)));
        output.WriteLine(string.Join(Environment.NewLine, thirds));
        AssertAllWaysHappened(left);
        Assert.True(model.Engine.Snapshot.Preemptions > 0, "Nobody was preempted.");
        AssertFlat(thirds[0], thirds[2]);
    }

    // What nobody did, this test has not shown.
    private static void AssertAllWaysHappened(IReadOnlyCollection<Departure> left)
    {
        var counts = left.CountBy(way => way).ToDictionary();
        Assert.All(
            Enum.GetValues<Departure>().Where(way => way != Departure.Never),
            way => Assert.InRange(counts.GetValueOrDefault(way), 50, int.MaxValue));
        Assert.InRange(left.Count(way => way < Departure.AfterTheEnd), 1000, int.MaxValue);
    }

    // Between the two, 1,040 calls were made. Tensors: exactly. A kilobyte a call, kept by anyone,
    // would be 1 MB of managed memory; a kept KV cache of one prompt, 100 MB of the process's.
    private static void AssertFlat(Memory first, Memory last)
    {
        Assert.Equal(first.Tensors, last.Tensors);
        Assert.InRange(last.ManagedBytes - first.ManagedBytes, long.MinValue, 1L << 20);
        Assert.InRange(last.ResidentBytes - first.ResidentBytes, long.MinValue, 24L << 20);
    }

    private static async Task AssertNothingIsHeld(PagedLlmEngine engine)
    {
        await Wait.Until(() => engine.Snapshot is { BlocksLive: 0, Running: 0, Waiting: 0 });
        Assert.Equal(s_config.BlocksTotal, engine.Snapshot.BlocksFree);
    }

    private sealed record Memory(long Tensors, long ManagedBytes, long ResidentBytes)
    {
        public static Memory Now()
        {
            for (var pass = 0; pass < 2; pass++)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, true, true);
                GC.WaitForPendingFinalizers();
            }

            return new(
                torch.Tensor.TotalCount, GC.GetTotalMemory(true), Environment.WorkingSet);
        }
    }
}
