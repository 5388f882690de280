using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>A request's tokens are its own, whatever runs beside it.</summary>
public sealed class GenerationTests
{
    [Fact]
    public async Task Sixty_four_concurrent_requests_all_get_their_own_answers()
    {
        var config = Requests.Config();
        var requests = Requests.Random(64, seed: 1);
        using var loop = new EngineLoop(config, new SlotExecutor(config));

        var answers = await AskAll(loop, requests);

        Requests.CheckAll(requests, answers, config);
        Assert.Equal(0, loop.Snapshot.Preemptions);
        await Waits.UntilEmpty(loop);
    }

    [Theory]
    [InlineData(26, 4, 64)]
    [InlineData(101, 1, 7)]
    [InlineData(14, 8, 1000)]
    public async Task A_pool_so_small_that_requests_are_preempted_gives_the_same_tokens(
        int blocks, int blockSize, int batchedTokens)
    {
        var config = Requests.Config(blocks, blockSize, batchedTokens);
        var requests = Requests.Random(64, seed: 2);
        using var loop = new EngineLoop(config, new SlotExecutor(config));

        var answers = await AskAll(loop, requests);

        Requests.CheckAll(requests, answers, config);
        Assert.True(loop.Snapshot.Preemptions > 0, "Nobody was preempted.");
        Assert.Equal(loop.Snapshot.Preemptions, answers.Sum(answer => answer.Usage.Preemptions));
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Many_threads_that_submit_in_any_order_get_the_same_answers_under_unique_ids()
    {
        var config = Requests.Config(blocks: 256, batchedTokens: 32);
        var requests = Requests.Random(800, seed: 3);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var answers = new Answer[requests.Length];
        var ids = new RequestId[requests.Length];

        var threads = Enumerable.Range(0, 8).Select(thread => Task.Factory.StartNew(
            () => Task.WhenAll(Enumerable.Range(0, requests.Length)
                .Where(index => index % 8 == thread)
                .OrderBy(index => index * 7919 % 101)
                .Select(async index =>
                {
                    await using var generation = loop.Submit(requests[index]);
                    ids[index] = generation.Id;
                    answers[index] = await generation.ReadToEnd();
                })),
            TaskCreationOptions.LongRunning).Unwrap());
        await Task.WhenAll(threads).WaitAsync(Waits.Long);

        Requests.CheckAll(requests, answers, config);
        Assert.Equal(ids.Length, ids.Distinct().Count());
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Requests_submitted_while_a_step_runs_start_together_in_the_next()
    {
        var config = Requests.Config(batchedTokens: 4096) with { PrefixCaching = false };
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        var first = loop.Ask(Known.Of(promptTokens: 3, maxTokens: 50));
        await turnstile.Arrival();

        var others = Enumerable.Range(0, 20)
            .Select(_ => loop.Ask(Known.Of(promptTokens: 5, maxTokens: 2)))
            .ToArray();
        await turnstile.Next();

        Assert.Equal(21, turnstile.Plan!.Rows);
        Assert.Equal(1 + 20 * 5, turnstile.Plan.TokensTotal);
        turnstile.Open();
        await Task.WhenAll([first, .. others]).WaitAsync(Waits.Long);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stalls_nobody_and_loses_nothing()
    {
        var config = Requests.Config();
        var slow = Known.Of(promptTokens: 4, maxTokens: 400);
        var others = Requests.Random(32, seed: 4);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        await using var unread = loop.Submit(slow);

        var answers = await AskAll(loop, others);
        await Waits.UntilEmpty(loop);

        Requests.CheckAll(others, answers, config);
        Requests.Check(slow, await unread.ReadToEnd().WaitAsync(Waits.Long), config);
    }

    [Fact]
    public async Task A_reader_that_blocks_its_thread_stalls_nobody()
    {
        var config = Requests.Config();
        using var loop = new EngineLoop(
            config, new SlotExecutor(config), new EngineLoopOptions { Name = "loop under test" });
        using var release = new ManualResetEventSlim();
        var threads = new List<string?>();
        var blocked = Task.Run(async () =>
        {
            await using var generation = loop.Submit(Known.Of(promptTokens: 4, maxTokens: 5));
            await foreach (var _ in generation.ReadAllAsync().ConfigureAwait(false))
            {
                threads.Add(Thread.CurrentThread.Name);
                release.Wait(Waits.Long);
            }
        });

        var other = Known.Of(promptTokens: 4, maxTokens: 100);
        var answer = await loop.Ask(other).WaitAsync(Waits.Long);
        release.Set();
        await blocked.WaitAsync(Waits.Long);

        Assert.Equal(100, answer.Tokens.Length);
        Assert.Equal(6, threads.Count);
        Assert.DoesNotContain("loop under test", threads);
    }

    [Fact]
    public async Task Stop_ends_a_request_with_the_reason_stop_before_the_next_step()
    {
        var config = Requests.Config();
        var request = Known.Of(promptTokens: 4, maxTokens: 100);
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        await using var generation = loop.Submit(request);
        await turnstile.Arrival();
        await turnstile.Next();

        generation.Stop();
        generation.Stop();
        turnstile.Open();
        var answer = await generation.ReadToEnd().WaitAsync(Waits.Long);

        Assert.Equal(FinishReason.Stop, answer.Reason);
        Assert.Equal(request.Answer(config).Tokens[..2].ToArray(), answer.Tokens.ToArray());
        Assert.Equal(2, answer.Usage.OutputTokens);
        await Waits.UntilEmpty(loop);
        generation.Stop();
    }

    [Fact]
    public async Task A_generation_has_one_reader()
    {
        var config = Requests.Config();
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        await using var generation = loop.Submit(Known.Of(promptTokens: 4, maxTokens: 3));
        await generation.ReadToEnd();

        var second = await Assert.ThrowsAsync<InvalidOperationException>(
            () => generation.ReadToEnd());

        Assert.Equal("There is a reader of request 0 already.", second.Message);
    }

    [Fact]
    public async Task A_request_is_timed_from_its_submission_to_its_first_token_and_its_end()
    {
        var config = Requests.Config();
        var clock = new ManualClock();
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(
            config,
            new SlotExecutor(config) { Before = turnstile.Pass },
            new EngineLoopOptions { TimeProvider = clock });
        await using var generation = loop.Submit(Known.Of(promptTokens: 4, maxTokens: 2));
        await turnstile.Arrival();
        Assert.Equal((null, null), (generation.TimeToFirstToken, generation.Duration));

        clock.Advance(TimeSpan.FromSeconds(2));
        await turnstile.Next();
        clock.Advance(TimeSpan.FromSeconds(3));
        turnstile.Open();
        await generation.ReadToEnd().WaitAsync(Waits.Long);

        Assert.Equal(TimeSpan.FromSeconds(2), generation.TimeToFirstToken);
        Assert.Equal(TimeSpan.FromSeconds(5), generation.Duration);
        Assert.Equal(TimeSpan.FromSeconds(3), loop.Snapshot.LastStep);
    }

    private static Task<Answer[]> AskAll(EngineLoop loop, ImmutableArray<Known> requests) =>
        Task.WhenAll(requests.Select(loop.Ask)).WaitAsync(Waits.Long);

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Interlocked.Read(ref _ticks);

        public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);
    }
}
