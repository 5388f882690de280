using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Several samples of one request: one stream, one end.</summary>
public sealed class SampleTests
{
    [Theory]
    [InlineData(4096, 4, 256, 0)]
    [InlineData(110, 4, 64, 0)]
    [InlineData(440, 1, 17, 0)]
    [InlineData(110, 4, 64, 300)]
    [InlineData(440, 1, 17, 500)]
    [InlineData(110, 4, 64, 40)]
    public async Task Each_sample_is_what_a_request_of_its_own_would_get(
        int blocks, int blockSize, int batchedTokens, int hostBlocks)
    {
        var config = Requests.Config(blocks, blockSize, batchedTokens) with
        {
            HostBlocksTotal = hostBlocks,
            PreemptionMode = PreemptionMode.Swap,
        };
        var requests = Requests.Random(64, seed: 12);
        var (left, came) = (0, 0);
        using var loop = new EngineLoop(config, new SlotExecutor(config)
        {
            Before = plan => (left, came) =
                (left + plan.SwapOuts.Length, came + plan.SwapIns.Length),
        });

        var answers = await Task.WhenAll(requests.Select(async (request, index) =>
        {
            await using var generation = Submit(loop, request, new() { Samples = 1 + index % 4 });
            return await generation.ReadGroup();
        })).WaitAsync(Waits.Long);

        foreach (var (index, request) in requests.Index())
        {
            GroupAnswers.Check(request, 1 + index % 4, answers[index], config);
            Assert.Null(answers[index].Chosen);
        }
        Assert.Equal(blocks < 4096, loop.Snapshot.Preemptions > 0);
        Assert.Equal(hostBlocks > 0, left > 0);
        Assert.Equal(hostBlocks > 0, came > 0);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Of_more_samples_than_asked_for_the_likeliest_are_chosen()
    {
        var config = Requests.Config();
        var requests = Requests.Random(20, seed: 13);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        foreach (var request in requests)
        {
            await using var generation = Submit(loop, request, new() { Samples = 2, BestOf = 5 });
            var answer = await generation.ReadGroup().WaitAsync(Waits.Long);
            GroupAnswers.Check(request, 5, answer, config);
            Assert.Equal(
                answer.Samples
                    .OrderByDescending(sample => sample.Value.Tokens.Average(
                        token => (double)Continuation.Logprob(token)))
                    .ThenBy(sample => sample.Key).Select(sample => sample.Key).Take(2),
                answer.Chosen!.Value);
            Assert.NotNull(generation.Duration);
        }
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task A_stopped_sample_ends_alone()
    {
        var config = Requests.Config();
        var request = Known.Of(promptTokens: 4, maxTokens: 20);
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        await using var generation = Submit(loop, request, new() { Samples = 3 });
        await turnstile.Arrival();
        // Before the first token there is nothing to stop.
        generation.Stop(1);
        await turnstile.Next();
        await turnstile.Next();

        generation.Stop(1);
        generation.Stop(1);
        turnstile.Open();
        var answer = await generation.ReadGroup().WaitAsync(Waits.Long);

        Assert.Equal([0, 1, 2], answer.Samples.Keys);
        Assert.Equal(
            [FinishReason.Length, FinishReason.Stop, FinishReason.Length],
            answer.Samples.Values.Select(sample => sample.Reason));
        Assert.Equal([20, 3, 20], answer.Samples.Values.Select(sample => sample.Tokens.Length));
        var stopped = request with { Seed = Continuation.SeedOf(request.Seed, 1) };
        Assert.Equal(
            stopped.Answer(config).Tokens[..3].ToArray(), answer.Samples[1].Tokens.ToArray());
        await Waits.UntilEmpty(loop);
        generation.Stop(0);
    }

    [Fact]
    public async Task There_is_no_sample_beyond_those_drawn()
    {
        var config = Requests.Config();
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var request = Known.Of(promptTokens: 4, maxTokens: 2);
        await using var one = loop.Submit(request);
        await using var best = Submit(loop, request, new() { Samples = 2, BestOf = 3 });

        Assert.Throws<ArgumentOutOfRangeException>(() => one.Stop(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => best.Stop(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => best.Stop(-1));
        best.Stop(2);
    }

    [Fact]
    public async Task Stop_ends_all_samples_that_are_under_way()
    {
        var config = Requests.Config();
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        var request = Known.Of(promptTokens: 4, maxTokens: 100);
        await using var generation = Submit(loop, request, new() { Samples = 2, BestOf = 3 });
        await turnstile.Arrival();
        await turnstile.Next();

        generation.Stop();
        turnstile.Open();
        var answer = await generation.ReadGroup().WaitAsync(Waits.Long);

        Assert.All(answer.Samples.Values, sample => Assert.Equal(FinishReason.Stop, sample.Reason));
        Assert.Equal(3, answer.Samples.Count);
        Assert.Equal(2, answer.Chosen!.Value.Distinct().Count());
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task A_request_cancels_at_most_once_a_sample_and_once_more()
    {
        using var folder = new TemporaryFolder();
        var config = Requests.Config();
        using var turnstile = new Turnstile();
        var options = new EngineLoopOptions { EventLog = folder["run.jsonl"] };
        using (var loop = turnstile.Loop(config, options))
        {
            var request = Known.Of(promptTokens: 4, maxTokens: 100);
            await using var generation = Submit(loop, request, new() { Samples = 3 });
            await turnstile.Arrival();
            await turnstile.Next();
            for (var time = 0; time < 5; time++)
                for (var sample = 0; sample < 2; sample++)
                    generation.Stop(sample);
            for (var time = 0; time < 5; time++)
                generation.Stop();
            generation.Stop(2);
            await generation.DisposeAsync();
            turnstile.Open();
            await Waits.UntilEmpty(loop);
        }

        Assert.Equal(
            [0, 1, null],
            EventLog.Open(folder["run.jsonl"]).Events.OfType<Event.Cancelled>()
                .Select(cancelled => cancelled.Sample));
    }

    // A budget of two tokens: of three samples two are in a step, and the third would go on.
    [Theory]
    [InlineData(256, null)]
    [InlineData(2, null)]
    [InlineData(256, 4)]
    [InlineData(2, 4)]
    public async Task A_failed_step_ends_all_samples_and_is_told_once(
        int batchedTokens, int? bestOf)
    {
        var config = Requests.Config(batchedTokens: batchedTokens);
        var failsAt = 10;
        using var loop = new EngineLoop(config, new SlotExecutor(config)
        {
            Before = plan => { if (plan.Id.Value == failsAt) throw new IOException("once"); },
        });
        var request = Known.Of(promptTokens: 4, maxTokens: 100);
        await using var generation = Submit(loop, request, new() { Samples = 3, BestOf = bestOf });
        await using var reader = generation.ReadAllAsync().GetAsyncEnumerator();
        var seen = new List<TokenEvent>();

        var thrown = await Assert.ThrowsAsync<StepFailedException>(async () =>
        {
            while (await reader.MoveNextAsync())
                seen.Add(reader.Current);
        }).WaitAsync(Waits.Long);

        Assert.Equal((generation.Id, new StepId(failsAt)), (thrown.Id, thrown.Step));
        Assert.False(await reader.MoveNextAsync());
        Assert.All(seen, each => Assert.IsType<TokenEvent.Token>(each));
        Assert.NotEmpty(seen);
        Assert.Equal(0, loop.Snapshot.BlocksLive);
        await Waits.UntilEmpty(loop);
        Requests.Check(request, await loop.Ask(request), config);
    }

    [Fact]
    public async Task Steps_that_fail_at_random_while_others_swap_leave_all_others_right()
    {
        var config = Requests.Config(blocks: 110, batchedTokens: 64) with
        {
            HostBlocksTotal = 200,
            PreemptionMode = PreemptionMode.Swap,
        };
        var requests = Requests.Random(300, seed: 15);
        var (random, swapsFailed) = (new Random(15), 0);
        using var loop = new EngineLoop(config, new SlotExecutor(config)
        {
            Before = plan =>
            {
                var swaps = !plan.SwapOuts.IsEmpty || !plan.SwapIns.IsEmpty;
                if (random.Next(swaps ? 4 : 100) > 0)
                    return;
                swapsFailed += swaps ? 1 : 0;
                throw new IOException("bad luck");
            },
        });

        var failed = await Task.WhenAll(requests.Select(async (request, index) =>
        {
            try
            {
                await using var generation = Submit(
                    loop, request, new() { Samples = 1 + index % 4 });
                var answer = await generation.ReadGroup();
                GroupAnswers.Check(request, 1 + index % 4, answer, config);
                return false;
            }
            catch (StepFailedException)
            {
                return true;
            }
        })).WaitAsync(Waits.Long);

        Assert.InRange(failed.Count(each => each), 10, 290);
        Assert.True(swapsFailed > 0, "No step that swaps failed.");
        await Waits.UntilEmpty(loop);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Samples_that_are_given_up_at_random_moments_hold_nothing(bool ranked)
    {
        var config = Requests.Config(blocks: 128, batchedTokens: 24) with { MaxSequences = 16 };
        var requests = Requests.Random(200, seed: 14);
        using var loop = new EngineLoop(config, new SlotExecutor(config));

        await Task.WhenAll(requests.Select(async (request, index) =>
        {
            var random = new Random(index);
            await using var generation = Submit(
                loop, request, new() { Samples = 2, BestOf = ranked ? 4 : null });
            var patience = random.Next(12);
            await foreach (var next in generation.ReadAllAsync())
            {
                if (next is TokenEvent.Token token && random.Next(6) == 0)
                    generation.Stop(token.Index);
                if (--patience < 0 && index % 2 == 0)
                    break;
            }
        })).WaitAsync(Waits.Long);

        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Samples_that_no_engine_can_run_at_once_are_rejected()
    {
        var config = Requests.Config() with { MaxSequences = 4 };
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        await using var generation = Submit(
            loop, Known.Of(promptTokens: 4, maxTokens: 2), new() { Samples = int.MaxValue });

        var thrown = await Assert.ThrowsAsync<RequestRejectedException>(
            () => generation.ReadGroup().WaitAsync(Waits.Long));

        Assert.IsType<Rejection.ParametersInvalid>(thrown.Rejection);
        await Waits.UntilEmpty(loop);
    }

    private static Generation Submit(EngineLoop loop, Known request, SubmitOptions options) =>
        loop.Submit(request.Prompt, request.Sampling, request.Stop, options);
}
