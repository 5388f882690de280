using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Native calls take handles of managed objects. One that nobody holds any more is freed by a
/// collection, also while the call still reads it.
/// </summary>
[Collection(nameof(SteadyMemoryTests))]
public class CollectionTests
{
    private const int Steps = 400;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_collection_frees_what_a_step_still_reads(bool kernels)
    {
        using var engine = TestModel.Reference("qwen3", kernels);
        var expected = Tokens(engine);
        using var stop = new CancellationTokenSource();
        var collector = new Thread(() => CollectUntil(stop.Token));
        collector.Start();
        try
        {
            for (var step = 0; step < Steps; step++)
                Assert.Equal(expected, Tokens(engine));
        }
        finally
        {
            stop.Cancel();
            collector.Join();
        }
    }

    private static void CollectUntil(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            GC.Collect(0);
            GC.WaitForPendingFinalizers();
        }
    }

    // The same blocks each time, written again.
    private static int[] Tokens(TestModel engine)
    {
        var sequence = new TestSequence(0, [1, 2, 3, 4, 5], new BlockSource(8, 16, seed: 1));
        return engine.Step(TestRow.Rest(sequence)).Tokens;
    }
}
