using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Tests.Executor;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

public class SteadyMemoryTests
{
    [SkippableFact]
    public void Ten_thousand_steps_leave_no_memory_behind_on_host_and_device()
    {
        // Emulated steps take milliseconds.
        var steps = Gpu.IsEmulated ? 200 : 10_000;
        using var engine = GpuModel.Reference(Runner.Kernels, "qwen3", ScalarType.BFloat16);
        using var context = CudaContext.Open(0);
        Warm(engine);
        // What other tests have left behind is collected before tensors are counted.
        var (host, tensors, device) = (HostBytes(), Tensor.TotalCount, context.BytesFree());
        for (var step = 0; step < steps; step++)
            engine.Execute(SteadyPlans.Of(step));
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(device, context.BytesFree());
        // A leaked descriptor of a product or a tensor's header a step would be megabytes.
        Assert.InRange(HostBytes() - host, long.MinValue, 24L << 20);
    }

    // Every slot that a plan reads is written first; every shape of a product is seen once.
    private static void Warm(GpuModel engine)
    {
        engine.Execute(SteadyPlans.Filled());
        for (var step = 0; step < (Gpu.IsEmulated ? 50 : 600); step++)
            engine.Execute(SteadyPlans.Of(step));
    }

    // The collector gives back what it does not need: its budget grows with the processor's caches.
    private static long HostBytes()
    {
        for (var i = 0; i < 2; i++)
        {
            GC.Collect(
                GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return Environment.WorkingSet;
    }
}
