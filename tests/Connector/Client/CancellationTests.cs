using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// A request may be given up anywhere; its blocks are free at once, others never notice.
/// </summary>
public sealed class CancellationTests
{
    private static readonly string Long = new('x', 900);

    [Fact]
    public async Task A_token_cancelled_before_the_call_ends_it_at_once()
    {
        await using var engine = ScriptedEngine.Echo();
        using var source = new CancellationTokenSource();
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.Client.GetResponseAsync("Hi", cancellationToken: source.Token));
        Assert.Equal(0, engine.Engine.Snapshot.Steps);
    }

    [Fact]
    public async Task A_queued_request_is_given_up_before_it_runs()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { MaxSequences = 1 });
        using var step = new Turnstile(engine.Executor);
        var first = engine.Client.GetResponseAsync(Long);
        await step.PassUntil(() => engine.Engine.Snapshot.Running == 1);
        using var source = new CancellationTokenSource();
        var second = engine.Client.GetResponseAsync("second", cancellationToken: source.Token);
        await step.PassUntil(() => engine.Engine.Snapshot.Waiting == 1);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        step.Open();
        Assert.Equal(900, (await first).Text.Length);
        await Free(engine);
        Assert.Single(engine.Executor.Samplings);
    }

    [Fact]
    public async Task A_request_is_given_up_between_the_chunks_of_its_prompt()
    {
        await using var engine = ScriptedEngine.Create(
            _ => "never", new() { MaxBatchedTokens = 64 });
        using var step = new Turnstile(engine.Executor);
        using var source = new CancellationTokenSource();
        var call = engine.Client.GetResponseAsync(Long, cancellationToken: source.Token);
        await step.Arrived();
        step.Pass();
        await step.Arrived();
        Assert.InRange(engine.Engine.Snapshot.BlocksLive, 1, 8);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        step.Open();
        await Free(engine);
        Assert.InRange(engine.Engine.Snapshot.Steps, 2, 3);
        Assert.Empty(engine.Executor.Samplings);
    }

    [Fact]
    public async Task A_response_is_given_up_in_the_middle()
    {
        await using var engine = ScriptedEngine.Create(_ => Long);
        using var source = new CancellationTokenSource();
        engine.Executor.BeforeStep = plan =>
        {
            if (plan.TokenLogs[0].Count - plan.PromptCounts[0] == 20)
                source.Cancel();
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => engine.Client.GetResponseAsync("go", cancellationToken: source.Token));
        await Free(engine);
    }

    [Fact]
    public async Task A_stream_is_given_up_in_the_middle_before_the_next_step()
    {
        await using var engine = ScriptedEngine.Create(_ => Long);
        using var source = new CancellationTokenSource();
        using var cancelled = new ManualResetEventSlim();
        engine.Executor.BeforeStep = plan =>
        {
            if (plan.TokenLogs[0].Count - plan.PromptCounts[0] == 20)
                cancelled.Wait(TimeSpan.FromSeconds(20));
        };
        var read = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var update in engine.Client.GetStreamingResponseAsync(
                "go", cancellationToken: source.Token))
            {
                if (++read < 10)
                    continue;
                await source.CancelAsync();
                cancelled.Set();
            }
        });
        await Free(engine);
        Assert.InRange(read, 10, 21);
        Assert.InRange(engine.Engine.Snapshot.DecodeTokens, 9, 21);
    }

    [Fact]
    public async Task Leaving_a_stream_early_gives_the_request_up()
    {
        await using var engine = ScriptedEngine.Create(_ => Long);
        var read = 0;
        await foreach (var update in engine.Client.GetStreamingResponseAsync("go"))
            if (++read == 5)
                break;
        await Free(engine);
        Assert.Equal(900, (await engine.Client.GetResponseAsync("go")).Text.Length);
    }

    [Fact]
    public async Task A_stream_that_is_never_read_costs_nothing()
    {
        await using var engine = ScriptedEngine.Create(_ => Long);
        _ = engine.Client.GetStreamingResponseAsync("go");
        await using (engine.Client.GetStreamingResponseAsync("go").GetAsyncEnumerator())
        {
        }

        Assert.Equal("x", (await engine.Client.GetResponseAsync(
            "go", new ChatOptions { MaxOutputTokens = 1 })).Text);
        Assert.Single(engine.Executor.Samplings);
    }

    [Fact]
    public async Task Random_cancellations_among_many_leave_nothing_behind()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { Blocks = 64, MaxBatchedTokens = 128 });
        var random = new Random(7);
        var calls = Enumerable.Range(0, 200).Select(async n =>
        {
            var words = $"request {n} " + new string('y', random.Next(100));
            using var source = new CancellationTokenSource(
                n % 3 == 0 ? TimeSpan.FromMilliseconds(random.Next(30)) : Timeout.InfiniteTimeSpan);
            try
            {
                Assert.Equal(words, (await engine.Client.GetResponseAsync(
                    words, cancellationToken: source.Token)).Text);
                return false;
            }
            catch (OperationCanceledException)
            {
                return true;
            }
        }).ToList();
        var cancelled = await Task.WhenAll(calls);
        Assert.All(
            Enumerable.Range(0, 200).Where(n => n % 3 != 0), n => Assert.False(cancelled[n]));
        await Free(engine);
    }

    private static async Task Free(ScriptedEngine engine)
    {
        await Wait.Until(() => engine.Engine.Snapshot is { BlocksLive: 0, Running: 0, Waiting: 0 });
        Assert.Equal(engine.Engine.Snapshot.BlocksTotal, engine.Engine.Snapshot.BlocksFree);
    }
}
