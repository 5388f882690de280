using System.Collections.Immutable;
using SkPaged.Engine.Pure;
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
            engine.Execute(Plan(step));
        Assert.Equal(tensors, Live());
        // One leaked tensor header a step would be 2 MB; pages of allocators come and go.
        Assert.InRange(ResidentBytes() - bytes, long.MinValue, 24L << 20);
    }

    // A plan reads only what an earlier one wrote: memory that nobody wrote may hold NaN.
    private static void Warm(TestModel engine)
    {
        engine.Execute(Filled());
        for (var step = 0; step < 600; step++)
            engine.Execute(Plan(step));
    }

    private static StepPlan Filled()
    {
        var plan = Plan(7);
        return plan with
        {
            FirstPositions = [.. plan.FirstPositions.Select(_ => 0)],
            TokenCounts = [.. plan.TokenLogs.Select(tokens => tokens.Count)],
        };
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

    private static long Live()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return torch.Tensor.TotalCount;
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Environment.WorkingSet;
    }
}
