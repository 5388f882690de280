using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>Several samples of one row: one prefill, as many tokens.</summary>
public class ParallelSamplingTests
{
    private static readonly int[] _prompt = [.. Enumerable.Range(3, 40)];

    private static readonly SamplingParams _random = new()
    {
        Temperature = 1.5f,
        TopP = 0.95f,
        RepetitionPenalty = 1.2f,
        Logprobs = 3,
        Seed = 4,
    };

    public static TheoryData<bool, int> DecodersAndThreads() => new()
    {
        { true, 1 },
        { true, 3 },
        { false, 2 },
    };

    [SkippableTheory]
    [MemberData(nameof(DecodersAndThreads))]
    public void Samples_of_a_row_are_those_of_as_many_rows_with_the_same_prompt(
        bool kernels, int threads)
    {
        using var engine = TestModel.Reference("qwen3", kernels, threads: threads);
        var together = Drawn(engine, Row(engine, _random, new(2, 9)));
        var apart = Enumerable.Range(2, 9)
            .SelectMany(sample => Drawn(engine, Row(engine, _random, new(sample, 1))));
        Assert.Equal(apart, together);
        Assert.True(together.Distinct().Count() > 2, "all samples are alike");
    }

    [SkippableTheory]
    [MemberData(nameof(DecodersAndThreads))]
    public void Rows_come_in_order_and_of_a_row_its_samples(bool kernels, int threads)
    {
        using var engine = TestModel.Reference("qwen3", kernels, threads: threads);
        var plain = new SamplingParams { Temperature = 2, Seed = 9 };
        TestRow[] Rows(bool alone) =>
        [
            Row(engine, _random, new(0, 3)),
            new(engine.Sequence(_prompt), 7, null),
            Row(engine, plain, new(2, alone ? 1 : 2)),
            Row(engine, SamplingParams.Greedy, new(0, 3)),
        ];
        var (all, single) = (Drawn(engine, Rows(alone: false)), Drawn(engine, Rows(alone: true)));
        Assert.Equal(8, all.Length);
        Assert.Equal(7, single.Length);
        Assert.Equal(single, all.Where((_, index) => index != 4));
        Assert.Single(all[5..].Distinct());
    }

    [SkippableFact]
    public void Beams_get_twice_their_width_of_logprobs()
    {
        using var engine = TestModel.Reference("qwen3", kernels: true);
        var beams = SamplingParams.Greedy with { Logprobs = 32 };
        var result = engine.Execute(
            TestPlan.Of(engine.Blocks.BlockSize, Row(engine, beams, new(0, 1))));
        var top = result.Samples[0].Top;
        Assert.Equal(32, top.Length);
        Assert.Equal(result.Samples[0].Token, top[0].Token);
        Assert.Equal(top.OrderByDescending(each => each.Logprob), top);
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_row_that_does_not_say_how_it_draws_is_refused(bool kernels)
    {
        using var engine = TestModel.Reference("qwen3", kernels);
        var how = new TestRow(engine.Sequence(_prompt), 7, null, new(1, 2));
        var none = Row(engine, SamplingParams.Greedy, new(0, 0));
        Assert.Equal(
            "sequence 0 draws 2 samples from sample 1, and does not say how.",
            Assert.Throws<ArgumentException>(() => Drawn(engine, how)).Message);
        Assert.Equal(
            "sequence 0 draws 0 samples from sample 0, and says how.",
            Assert.Throws<ArgumentException>(() => Drawn(engine, none)).Message);
    }

    public static TheoryData<string, int, int, bool> Engines()
    {
        var cases = new TheoryData<string, int, int, bool>();
        foreach (var model in ReferenceData.Models.Except(["llama-sharded-bf16"]))
            foreach (var blockSize in (int[])[1, 16])
                foreach (var (tokens, swaps) in ((int, bool)[])
                    [(8192, false), (480, false), (480, true)])
                    cases.Add(model, blockSize, tokens / blockSize, swaps);
        return cases;
    }

    // Three samples of the longest sequence need 444 slots of the small pool; all requests together
    // need 1,905.
    [SkippableTheory]
    [MemberData(nameof(Engines))]
    public async Task Samples_that_share_their_prompt_continue_as_in_transformers(
        string model, int blockSize, int blocks, bool swaps)
    {
        var expected = Expectation.Of(model);
        using var folder = new TemporaryFolder();
        await using var engine = LlmEngine.Load(ReferenceData.Model(model), new()
        {
            Device = EngineDevice.Cpu,
            DType = EngineDType.Float32,
            BlockSize = blockSize,
            KvBlocks = blocks,
            MaxBatchedTokens = 64,
            HostCacheBytes = swaps ? 64 << 20 : 0,
            Loop = new() { EventLog = folder["run.jsonl"] },
        });
        var answers = await Task.WhenAll(
            expected.Select(row => engine.ContinueAsync(row, samples: 3)));
        foreach (var (row, answer) in expected.Zip(answers))
        {
            Assert.Equal(3, answer.Samples.Length);
            Assert.All(answer.Samples, row.CheckUntilDoubtful);
        }
        Assert.Equal(blocks * blockSize < 1000, answers.Any(answer => answer.Preemptions > 0));
        Assert.Equal(0, engine.Loop.Snapshot.BlocksLive);
        await engine.DisposeAsync();
        // Blocks of one token are as soon computed again.
        Assert.True(
            !swaps || blockSize == 1 || Stats(folder["run.jsonl"]) is { BlocksSwappedIn: > 0 },
            "nobody was swapped");
    }

    private static SchedulerStats Stats(string recorded)
    {
        var log = EventLog.Open(recorded);
        return log.Events.Aggregate(
            SchedulerState.Initial(log.Config),
            (state, evt) => Scheduler.Step(log.Config, state, evt).State).Stats;
    }

    private static TestRow Row(TestModel engine, SamplingParams sampling, SampleRange draws) =>
        new(engine.Sequence(_prompt), _prompt.Length, sampling, draws);

    // As text: the likeliest tokens are in an array, which compares by reference.
    private static string[] Drawn(TestModel engine, params TestRow[] rows) =>
    [
        .. engine.Execute(TestPlan.Of(engine.Blocks.BlockSize, rows)).Samples.Select(sample =>
            $"{sample.Token} {sample.Logprob:R} "
            + string.Join(' ', sample.Top.IsDefault ? [] : sample.Top)),
    ];
}
