using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using Xunit;
using Xunit.Abstractions;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Chunks of a few tokens in blocks of a few, each with each; the mode that weighs what giving way
/// costs; and steps that are planned ahead.
/// </summary>
public partial class ScheduleIndependenceTests(ITestOutputHelper output)
{
    private static readonly int[] _blockSizes = [1, 4, 16];

    /// <summary>Chunks of 1, 2 and 5 tokens with blocks of 1, 4 and 16.</summary>
    public static TheoryData<int, int> SmallChunks()
    {
        var cases = new TheoryData<int, int>();
        foreach (var chunk in (int[])[1, 2, 5])
            foreach (var blockSize in _blockSizes)
                cases.Add(chunk, blockSize);
        return cases;
    }

    // The budget of a step: searches of more beams than that are refused, so they are not asked.
    [Theory]
    [MemberData(nameof(SmallChunks))]
    public async Task In_steps_of_a_few_tokens(int chunk, int blockSize)
    {
        var roomy = Roomy(blockSize, chunk);
        var cached = await CrowdAsync(roomy with { PrefixCaching = true });
        Assert.InRange(cached.CachedTokens, 1, long.MaxValue);
        var tight = await CrowdAsync(Tight(blockSize, chunk));
        Assert.Equal(0, tight.PreemptionsBySwap);
    }

    // The threshold: prompts are cut into chunks of so many tokens, in steps of many.
    [Theory]
    [MemberData(nameof(SmallChunks))]
    public async Task In_chunks_of_a_few_tokens(int chunk, int blockSize)
    {
        var preemptions = 0L;
        foreach (var mode in Enum.GetValues<PreemptionMode>())
        {
            foreach (var caches in (bool[])[true, false])
            {
                var seen = await CrowdAsync(Tight(blockSize, 64) with
                {
                    LongPrefillThreshold = chunk,
                    PrefixCaching = caches,
                    PreemptionMode = mode,
                    HostBlocksTotal = Roomy(blockSize, 64).BlocksTotal,
                });
                preemptions += seen.Preemptions;
                Assert.Equal(caches, seen.CachedTokens > 0);
            }
        }

        Assert.InRange(preemptions, 1, long.MaxValue);
    }

    [Fact]
    public async Task With_a_quarter_of_the_blocks_by_what_costs_less()
    {
        var (swaps, recomputations) = (0L, 0L);
        foreach (var blockSize in _blockSizes)
        {
            // At so much a block most move; those that have filled little of theirs do not.
            var seen = await CrowdAsync(Tight(blockSize, 64) with
            {
                PreemptionMode = PreemptionMode.Auto,
                HostBlocksTotal = Roomy(blockSize, 64).BlocksTotal,
                SwapCostPerBlock = 0.4 * blockSize,
            });
            swaps += seen.PreemptionsBySwap;
            recomputations += seen.PreemptionsByRecompute;
        }

        output.WriteLine($"{swaps} by swap, {recomputations} computed again");
        Assert.InRange(swaps, 1, long.MaxValue);
        Assert.InRange(recomputations, 1, long.MaxValue);
    }

    [Theory]
    [MemberData(nameof(SmallChunks))]
    public async Task With_steps_that_are_planned_ahead(int chunk, int blockSize)
    {
        var preemptions = 0L;
        foreach (var mode in Enum.GetValues<PreemptionMode>())
        {
            var (seen, awaited) = await AheadAsync(Tight(blockSize, 64) with
            {
                LongPrefillThreshold = chunk,
                PrefixCaching = mode != PreemptionMode.Recompute,
                PreemptionMode = mode,
                HostBlocksTotal = Roomy(blockSize, 64).BlocksTotal,
            });
            output.WriteLine($"{mode}: {awaited} tokens awaited, {seen.Preemptions} preemptions");
            preemptions += seen.Preemptions;
            // How many is a matter of time: the loop plans ahead while there is no answer yet.
            Assert.InRange(awaited, 1, int.MaxValue);
        }

        Assert.InRange(preemptions, 1, long.MaxValue);
    }

    // What the test above is worth: with the token of another row each answer is another.
    [Fact]
    public async Task A_fault_in_what_is_awaited_would_show()
    {
        await using var model = Ahead(Tight(4, 64), out _, plan => plan with
        {
            Awaited = [.. plan.Awaited.Select(sample => sample > 0 ? 0 : sample)],
        });
        var answers = await model.AskAtOnceAsync(ScheduledRequests.All);
        Assert.NotEmpty(Differences(await AloneAsync("qwen3", kernels: true), answers));
    }

    private static async Task<EngineSnapshot> CrowdAsync(SchedulerConfig config)
    {
        await using var model = ScheduledModel.Open("qwen3", kernels: true, config);
        return await CrowdAsync(model, config);
    }

    private static async Task<(EngineSnapshot Seen, int Awaited)> AheadAsync(
        SchedulerConfig config)
    {
        await using var model = Ahead(config, out var executor);
        var seen = await CrowdAsync(model, config);
        return (seen, executor.AwaitedTotal);
    }

    // The same model as alone.
    private static ScheduledModel Ahead(
        SchedulerConfig config,
        out ThreadExecutor executor,
        Func<StepPlan, StepPlan>? change = null)
    {
        ThreadExecutor? made = null;
        var model = new ScheduledModel(
            "qwen3",
            config,
            model => made = new ThreadExecutor(() => Torch(model, config)),
            change);
        executor = made!;
        return model;
    }

    private static TorchExecutor Torch(ModelConfig model, SchedulerConfig config)
    {
        var executor = new TorchExecutor(
            model,
            DecoderWeights.Random(model, ScalarType.Float32, CPU, seed: 5),
            ScheduledModel.Sizes(config, CPU));
        executor.FillSlots(float.NaN);
        return executor;
    }

    private static async Task<EngineSnapshot> CrowdAsync(
        ScheduledModel model, SchedulerConfig config)
    {
        var asked = ScheduledRequests.All.Index()
            .Where(each => each.Item.Beams is null
                || each.Item.Width <= config.MaxBatchedTokens)
            .ToImmutableArray();
        var answers = await model.AskAtOnceAsync([.. asked.Select(each => each.Item)]);
        var alone = await AloneAsync("qwen3", kernels: true);
        Assert.Empty(Differences(asked.Select(each => alone[each.Index]), answers));
        var seen = model.Loop.Snapshot;
        Assert.Equal((0, 0), (seen.BlocksLive, seen.HostBlocksLive));
        return seen;
    }
}
