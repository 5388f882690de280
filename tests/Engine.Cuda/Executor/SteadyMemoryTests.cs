using TorchSharp;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

[Collection(nameof(SteadyMemoryTests))]
[CollectionDefinition(nameof(SteadyMemoryTests), DisableParallelization = true)]
public class SteadyMemoryTests
{
    private const int Steps = 10_000;

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ten_thousand_steps_leave_no_native_memory_behind(bool kernels)
    {
        using var engine = TestModel.Reference("qwen3", kernels);
        Warm(engine);
        var (tensors, bytes) = (Live(), ResidentBytes());
        for (var step = 0; step < Steps; step++)
            engine.Execute(SteadyPlans.Of(step));
        Assert.Equal(tensors, Live());
        // One leaked tensor header a step would be 2 MB; pages of allocators come and go.
        Assert.InRange(ResidentBytes() - bytes, long.MinValue, 24L << 20);
    }

    // A plan reads only what an earlier one wrote: memory that nobody wrote may hold NaN.
    private static void Warm(TestModel engine)
    {
        engine.Execute(SteadyPlans.Filled());
        for (var step = 0; step < 600; step++)
            engine.Execute(SteadyPlans.Of(step));
    }

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    // The collector keeps what it may need again, by the size of the processor's caches: it is
    // asked to give all of that back, so that only what others hold is compared.
    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
