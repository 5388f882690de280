using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Two engines of different models on one device of one process: each answers as it does alone,
/// while both work, and after the other one has gone.
/// </summary>
public class TwoEnginesTests
{
    private const int Rounds = 5;

    [SkippableFact]
    public async Task They_do_not_notice_each_other_and_one_outlives_the_other()
    {
        _ = Gpu.Device();
        var (qwen, llama) = (await AloneOnCpuAsync("qwen3"), await AloneOnCpuAsync("llama"));
        Assert.NotNull(qwen.Zip(llama, (one, other) => one.Difference(other)).First());
        await using var first = Open("qwen3", blockSize: 16);
        await using (var second = Open("llama", blockSize: 8))
        {
            Check(qwen, await first.AskAtOnceAsync(ScheduledRequests.All));
            Check(llama, await second.AskAtOnceAsync(ScheduledRequests.All));
            for (var round = 0; round < Rounds; round++)
            {
                var (ones, others) = (AskAllAsync(first), AskAllAsync(second));
                Check(qwen, await ones);
                Check(llama, await others);
            }
            // The second one goes while the first one works.
            var last = AskAllAsync(first);
            await second.DisposeAsync();
            Check(qwen, await last);
        }
        Check(qwen, await AskAllAsync(first));
        Assert.Null(first.Loop.Failure);
        // And a third one comes.
        await using var third = Open("llama", blockSize: 8);
        Check(llama, await third.AskAtOnceAsync(ScheduledRequests.All));
        Check(qwen, await AskAllAsync(first));
    }

    private static Task<ScheduledAnswer[]> AskAllAsync(ScheduledModel model) =>
        Task.WhenAll(ScheduledRequests.All.Select(model.Loop.AskAsync));

    private static void Check(ScheduledAnswer[] expected, ScheduledAnswer[] answers) =>
        Assert.Empty(expected.Zip(answers, (one, other) => one.Difference(other))
            .OfType<string>());

    private static ScheduledModel Open(string family, int blockSize)
    {
        var config = Config(blockSize);
        var device = Gpu.Device();
        return new(family, config, model => new CudaExecutor(
            model, DecoderWeights.RandomOfCpu(model, ScalarType.Float32, device, seed: 5),
            ScheduledModel.Sizes(config, device)));
    }

    private static async Task<ScheduledAnswer[]> AloneOnCpuAsync(string family)
    {
        await using var model = ScheduledModel.Open(family, kernels: false, Config(16));
        return await model.AskAloneAsync(ScheduledRequests.All);
    }

    private static SchedulerConfig Config(int blockSize) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = 2 * ScheduledRequests.Slots / blockSize,
            MaxModelLength = 256,
            VocabularySize = ScheduledModel.Vocabulary,
            MaxBatchedTokens = 128,
            MaxSequences = 64,
        };
}
