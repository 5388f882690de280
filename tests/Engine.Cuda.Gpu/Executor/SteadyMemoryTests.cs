using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
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
        var (tensors, host, device) = (Tensor.TotalCount, HostBytes(), context.BytesFree());
        for (var step = 0; step < steps; step++)
            engine.Execute(Plan(step));
        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.Equal(device, context.BytesFree());
        // A leaked descriptor of a product or a tensor's header a step would be megabytes.
        Assert.InRange(HostBytes() - host, long.MinValue, 24L << 20);
    }

    // Every slot that a plan reads is written first; every shape of a product is seen once.
    private static void Warm(GpuModel engine)
    {
        var filled = Plan(7);
        engine.Execute(filled with
        {
            FirstPositions = [.. filled.FirstPositions.Select(_ => 0)],
            TokenCounts = [.. filled.TokenLogs.Select(tokens => tokens.Count)],
        });
        for (var step = 0; step < (Gpu.IsEmulated ? 50 : 600); step++)
            engine.Execute(Plan(step));
    }

    // Prompts, chunks of prompts and up to 8 decoding rows, of lengths that come again.
    private static StepPlan Plan(int step)
    {
        var rows = Enumerable.Range(0, 1 + step % 8).ToArray();
        var counts = rows.Select(row => row == 0 && step % 5 == 0 ? 7 + step % 11 : 1).ToArray();
        var tokens = AppendLog<TokenId>.From(
            [.. Enumerable.Range(0, 64).Select(i => new TokenId(1 + i % 100))]);
        return new(
            new(step), 16,
            [.. rows.Select(row => new SequenceId(row))],
            [.. rows.Select(row => (step + row) % 40)],
            [.. counts],
            [.. rows.Select(_ => tokens)],
            [.. rows.Select(_ => 1)],
            [.. rows.Select(row => BlockTable.Empty.Append(
                [.. Enumerable.Range(4 * row, 4).Select(block => new BlockId(block))]))],
            [.. rows.Select(row => row % 3 == 2 ? null : Sampling(row))],
            [.. rows.Select(row => new SampleRange(0, row % 3 == 2 ? 0 : 1 + row % 2))],
            [.. rows.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
    }

    private static SamplingParams Sampling(int row) => row % 2 == 0
        ? SamplingParams.Greedy
        : new SamplingParams { Seed = 1, TopP = 0.9f, Logprobs = 2 };

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
