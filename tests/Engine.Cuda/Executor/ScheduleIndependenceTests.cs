using System.Collections.Concurrent;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// The tokens of a request do not depend on how it was scheduled: through loop, scheduler and
/// executor, with all that moves, shares and drops blocks, they are those it gets alone.
/// </summary>
public partial class ScheduleIndependenceTests
{
    private const int LengthMax = 256;

    // Greedy steps closer than this another rounding may decide another way: there are none.
    private const float Margin = 1e-4f;

    private static readonly ConcurrentDictionary<
        (string, bool), Lazy<Task<ScheduledAnswer[]>>> _alone = [];

    public static TheoryData<string, bool> Models() => new()
    {
        { "qwen3", true },
        { "qwen3", false },
        { "qwen2", true },
        { "llama", true },
    };

    public static TheoryData<string, bool, int, int> Shapes()
    {
        (int BlockSize, int Chunk)[] shapes = [(1, 16), (3, 256), (8, 11), (16, 256), (32, 40)];
        var cases = new TheoryData<string, bool, int, int>();
        foreach (var model in Models())
            foreach (var (blockSize, chunk) in shapes)
                cases.Add((string)model[0], (bool)model[1], blockSize, chunk);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task In_a_crowd_with_a_prefix_cache(
        string family, bool kernels, int blockSize, int chunk)
    {
        var config = Roomy(blockSize, chunk) with { PrefixCaching = true };
        var seen = await CrowdAsync(family, kernels, config);
        Assert.Equal(blockSize < 37, seen.CachedTokens > 0);
        Assert.Equal(blockSize > 1, seen.Copies > 0);
        Assert.Equal(0, seen.Preemptions);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task In_a_crowd_that_shares_no_prefix(
        string family, bool kernels, int blockSize, int chunk)
    {
        var seen = await CrowdAsync(family, kernels, Roomy(blockSize, chunk));
        Assert.Equal((0L, 0L), (seen.CachedTokens, seen.Preemptions));
        Assert.Equal(ScheduledRequests.All.Sum(each => each.Prompt.Length), seen.PrefillTokens);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task With_a_quarter_of_the_blocks_by_recompute(
        string family, bool kernels, int blockSize, int chunk)
    {
        foreach (var caches in (bool[])[true, false])
        {
            var config = Tight(blockSize, chunk) with { PrefixCaching = caches };
            var seen = await CrowdAsync(family, kernels, config);
            Assert.InRange(seen.PreemptionsByRecompute, 1, long.MaxValue);
            Assert.Equal(0, seen.PreemptionsBySwap);
            Assert.Equal(caches && blockSize < 37, seen.CachedTokens > 0);
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task With_a_quarter_of_the_blocks_by_swap(
        string family, bool kernels, int blockSize, int chunk)
    {
        foreach (var caches in (bool[])[true, false])
        {
            var config = Tight(blockSize, chunk) with
            {
                PrefixCaching = caches,
                PreemptionMode = PreemptionMode.Swap,
                HostBlocksTotal = Roomy(blockSize, chunk).BlocksTotal,
            };
            var seen = await CrowdAsync(family, kernels, config);
            Assert.InRange(seen.PreemptionsBySwap, 1, long.MaxValue);
            Assert.Equal(0, seen.PreemptionsByRecompute);
            // Two requests that leave in one step share blocks in the host's memory as well, and
            // each brings back its own: with a cache more may come in than went out.
            Assert.InRange(seen.BlocksSwappedOut, 1, long.MaxValue);
            Assert.InRange(
                seen.BlocksSwappedIn, 1, caches ? long.MaxValue : seen.BlocksSwappedOut);
            Assert.Equal(blockSize > 1, seen.Copies > 0);
        }
    }

    // 64 tokens in the host's memory: it is full at times, and then tokens are computed again.
    [Theory]
    [MemberData(nameof(Models))]
    public async Task With_a_quarter_of_the_blocks_by_swap_while_the_host_has_room(
        string family, bool kernels)
    {
        var config = Tight(4, 64) with
        {
            PreemptionMode = PreemptionMode.Swap,
            HostBlocksTotal = 16,
        };
        var seen = await CrowdAsync(family, kernels, config);
        Assert.InRange(seen.PreemptionsBySwap, 1, long.MaxValue);
        Assert.InRange(seen.PreemptionsByRecompute, 1, long.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task Alone_with_what_those_before_left_in_the_cache(
        string family, bool kernels, int blockSize, int chunk)
    {
        var config = Roomy(blockSize, chunk) with { PrefixCaching = true };
        await using var model = ScheduledModel.Open(family, kernels, config);
        Request[] twice = [.. ScheduledRequests.All, .. ScheduledRequests.All];
        var alone = await AloneAsync(family, kernels);
        var answers = await model.AskAloneAsync(twice);
        Assert.Empty(Differences([.. alone, .. alone], answers));
        Assert.InRange(model.Loop.Snapshot.CachedTokens, 1, long.MaxValue);
    }

    // What these tests are worth: each fault of an executor changes what is read.
    [Theory]
    [InlineData("a copy is not made")]
    [InlineData("a block does not move to the host")]
    [InlineData("a block does not come back from the host")]
    [InlineData("a block is read in another's place")]
    public async Task A_fault_would_show(string fault)
    {
        var config = Tight(8, 40) with
        {
            PreemptionMode = PreemptionMode.Swap,
            HostBlocksTotal = Roomy(8, 40).BlocksTotal,
        };
        await using var model = ScheduledModel.Open("qwen3", kernels: true, config, plan =>
            fault switch
            {
                "a copy is not made" => plan with { Copies = [] },
                "a block does not move to the host" => plan with
                {
                    SwapOuts = [.. plan.SwapOuts.Skip(1)],
                },
                "a block does not come back from the host" => plan with
                {
                    SwapIns = [.. plan.SwapIns.Skip(1)],
                },
                _ => plan with { BlockTables = [.. plan.BlockTables.Select(Confused)] },
            });
        var alone = await AloneAsync("qwen3", kernels: true);
        try
        {
            var answers = await model.AskAtOnceAsync(ScheduledRequests.All);
            Assert.NotEmpty(Differences(alone, answers));
        }
        catch (StepFailedException failed)
        {
            // A slot that was never written was read, and what lay there was no number.
            Assert.IsType<LogitsException>(failed.InnerException);
        }
    }

    // Once it has four blocks. To change two places is no fault: each token carries its position.
    private static BlockTable Confused(BlockTable table) =>
        table.Count < 4
            ? table
            : BlockTable.Empty.Append(
                [table.Blocks[1], table.Blocks[1], .. table.Blocks[2..]]);

    private static SchedulerConfig Roomy(int blockSize, int chunk) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = 2 * ScheduledRequests.Slots / blockSize,
            MaxModelLength = LengthMax,
            VocabularySize = ScheduledModel.Vocabulary,
            MaxBatchedTokens = chunk,
            MaxSequences = 64,
            PrefixCaching = false,
        };

    // What the requests would like, were all to run at once, by the tokens they have.
    private static SchedulerConfig Tight(int blockSize, int chunk) =>
        Roomy(blockSize, chunk) with
        {
            BlocksTotal = ScheduledRequests.Slots / 4 / blockSize,
            PreemptionMode = PreemptionMode.Recompute,
            Watermark = 0,
        };

    private static async Task<EngineSnapshot> CrowdAsync(
        string family, bool kernels, SchedulerConfig config)
    {
        await using var model = ScheduledModel.Open(family, kernels, config);
        var answers = await model.AskAtOnceAsync(ScheduledRequests.All);
        var alone = await AloneAsync(family, kernels);
        Assert.Empty(Differences(alone, answers));
        var seen = model.Loop.Snapshot;
        Assert.Equal((0, 0), (seen.BlocksLive, seen.HostBlocksLive));
        return seen;
    }

    // Whole prompts, blocks of 16, no cache, no neighbours.
    private static Task<ScheduledAnswer[]> AloneAsync(string family, bool kernels) =>
        _alone.GetOrAdd((family, kernels), _ => new(async () =>
        {
            await using var model = ScheduledModel.Open(family, kernels, Roomy(16, 256));
            var answers = await model.AskAloneAsync(ScheduledRequests.All);
            Assert.All(answers, answer => Assert.True(
                answer.Margin > Margin, "a step is too close to call: choose other tokens"));
            return answers;
        })).Value;

    private static List<string> Differences(
        IEnumerable<ScheduledAnswer> expected, IEnumerable<ScheduledAnswer> answers) =>
        [.. expected.Zip(answers, (one, other) => one.Difference(other)).OfType<string>()];
}
