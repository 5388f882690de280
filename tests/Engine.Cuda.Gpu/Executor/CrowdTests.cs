using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Through loop, scheduler and executor, with all that moves, shares and drops blocks, requests
/// get the tokens that they get alone; and those are the CPU's.
/// </summary>
public class CrowdTests
{
    public static TheoryData<Runner, int, int> Cases() => new()
    {
        { Runner.Kernels, 8, 40 },
        { Runner.Kernels, 16, 256 },
        { Runner.Kernels, 3, 64 },
        { Runner.Torch, 8, 40 },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public async Task In_a_crowd_requests_get_what_the_CPU_gives_them_alone(
        Runner runner, int blockSize, int chunk)
    {
        _ = GpuModel.Device(runner);
        var expected = await AloneOnCpuAsync();
        foreach (var config in (SchedulerConfig[])
        [
            Roomy(blockSize, chunk),
            Tight(blockSize, chunk),
            Tight(blockSize, chunk) with
            {
                PreemptionMode = PreemptionMode.Swap,
                HostBlocksTotal = Roomy(blockSize, chunk).BlocksTotal,
            },
        ])
        {
            await using var model = Open(runner, config);
            var answers = await model.AskAtOnceAsync(ScheduledRequests.All);
            Assert.Empty(expected.Zip(answers, (one, other) => one.Difference(other))
                .OfType<string>());
            var seen = model.Loop.Snapshot;
            Assert.Equal(
                config.PreemptionMode == PreemptionMode.Swap, seen.PreemptionsBySwap > 0);
            Assert.True(seen.Copies > 0);
            Assert.Equal((0, 0), (seen.BlocksLive, seen.HostBlocksLive));
        }
    }

    // The weights are the CPU's: random numbers of a GPU are others.
    private static ScheduledModel Open(Runner runner, SchedulerConfig config)
    {
        var device = GpuModel.Device(runner);
        return new("qwen3", config, model =>
        {
            var weights = DecoderWeights.RandomOfCpu(
                model, ScalarType.Float32, device, seed: 5);
            var sizes = ScheduledModel.Sizes(config, device);
            return runner == Runner.Kernels
                ? new CudaExecutor(model, weights, sizes)
                : new TorchExecutor(model, weights, sizes);
        });
    }

    private static async Task<ScheduledAnswer[]> AloneOnCpuAsync()
    {
        await using var model = ScheduledModel.Open("qwen3", kernels: false, Roomy(16, 256));
        return await model.AskAloneAsync(ScheduledRequests.All);
    }

    private static SchedulerConfig Roomy(int blockSize, int chunk) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = 2 * ScheduledRequests.Slots / blockSize,
            MaxModelLength = 256,
            VocabularySize = ScheduledModel.Vocabulary,
            MaxBatchedTokens = chunk,
            MaxSequences = 64,
        };

    private static SchedulerConfig Tight(int blockSize, int chunk) =>
        Roomy(blockSize, chunk) with
        {
            BlocksTotal = ScheduledRequests.Slots / 4 / blockSize,
            PreemptionMode = PreemptionMode.Recompute,
            Watermark = 0,
        };
}
