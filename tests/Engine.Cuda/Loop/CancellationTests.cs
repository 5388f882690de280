using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>A request can be given up at any moment, and gives back all it held.</summary>
public sealed class CancellationTests
{
    [Fact]
    public async Task Cancelled_while_queued_it_never_runs()
    {
        var config = Requests.Config() with { MaxSequences = 1 };
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(config, new SlotExecutor(config) { Before = turnstile.Pass });
        using var cancellation = new CancellationTokenSource();
        var first = loop.Ask(Known.Of(promptTokens: 3, maxTokens: 4));
        await turnstile.Arrival();
        var queued = loop.Submit(Known.Of(promptTokens: 3, maxTokens: 4));
        var reading = queued.ReadToEnd(cancellation.Token);
        await turnstile.Next();
        Assert.Equal(1, loop.Snapshot.Waiting);

        await cancellation.CancelAsync();
        await ThrowsCancelled(reading, cancellation.Token);
        await turnstile.Next();

        Assert.Equal(0, loop.Snapshot.Waiting);
        Assert.Equal(1, loop.OpenCount);
        turnstile.Open();
        Assert.Equal(4, (await first.WaitAsync(Waits.Long)).Tokens.Length);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Cancelled_between_two_chunks_of_its_prompt_it_frees_its_blocks_before_the_next()
    {
        var config = Requests.Config(batchedTokens: 8);
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(config, new SlotExecutor(config) { Before = turnstile.Pass });
        using var cancellation = new CancellationTokenSource();
        var reading = loop.Submit(Known.Of(promptTokens: 100, maxTokens: 4))
            .ReadToEnd(cancellation.Token);
        await turnstile.Arrival();
        await turnstile.Next();
        Assert.Equal(4, loop.Snapshot.BlocksLive);
        Assert.Equal(8, turnstile.Plan!.FirstPositions[0]);

        await cancellation.CancelAsync();
        await ThrowsCancelled(reading, cancellation.Token);
        turnstile.Open();

        await Waits.UntilEmpty(loop);
        Assert.Equal(2, loop.Snapshot.Steps);
    }

    [Fact]
    public async Task Cancelled_while_decoding_it_ends_before_the_next_step()
    {
        var config = Requests.Config();
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(config, new SlotExecutor(config) { Before = turnstile.Pass });
        using var cancellation = new CancellationTokenSource();
        var reading = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 400))
            .ReadToEnd(cancellation.Token);
        await turnstile.Arrival();
        await turnstile.Next();

        await cancellation.CancelAsync();
        await ThrowsCancelled(reading, cancellation.Token);
        turnstile.Open();

        await Waits.UntilEmpty(loop);
        Assert.Equal(2, loop.Snapshot.Steps);
    }

    [Fact]
    public async Task Cancelled_beforehand_it_throws_at_the_first_read()
    {
        var config = Requests.Config();
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var cancelled = new CancellationToken(canceled: true);

        var reading = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 400)).ReadToEnd(cancelled);

        await ThrowsCancelled(reading, cancelled);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Cancelled_between_two_reads_it_ends_though_nobody_waits()
    {
        var config = Requests.Config(length: 100_000, blocks: 25_000);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        using var cancellation = new CancellationTokenSource();
        await using var generation = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000));
        await using var reader = generation.ReadAllAsync(cancellation.Token).GetAsyncEnumerator();
        Assert.True(await reader.MoveNextAsync());

        await cancellation.CancelAsync();
        await Waits.UntilEmpty(loop);

        await ThrowsCancelled(reader.MoveNextAsync().AsTask(), cancellation.Token);
    }

    [Fact]
    public async Task Left_early_by_its_reader_it_ends()
    {
        var config = Requests.Config(length: 100_000, blocks: 25_000);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var generation = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000));

        await foreach (var _ in generation.ReadAllAsync())
            break;

        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Disposed_it_ends_whoever_reads_sees_an_abort_and_no_new_reader_comes()
    {
        var config = Requests.Config(length: 100_000, blocks: 25_000);
        using var loop = new EngineLoop(config, new SlotExecutor(config));
        var generation = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000));
        var reading = generation.ReadToEnd();

        await generation.DisposeAsync();
        await generation.DisposeAsync();

        Assert.Equal(FinishReason.Abort, (await reading.WaitAsync(Waits.Long)).Reason);
        await Waits.UntilEmpty(loop);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => generation.ReadToEnd());
    }

    [Fact]
    public async Task After_a_thousand_random_cancellations_under_load_nothing_is_held()
    {
        var config = Requests.Config(blocks: 64, batchedTokens: 24) with { MaxSequences = 16 };
        var requests = Requests.Random(1250, seed: 5);
        using var loop = new EngineLoop(
            config, new SlotExecutor(config) { Before = _ => Thread.SpinWait(2000) });

        var ends = await Task.WhenAll(requests.Select((request, index) => index % 5 == 0
                ? Complete(loop, request, config)
                : GiveUp(loop, request, new Random(index), config)))
            .WaitAsync(Waits.Long);

        await Waits.UntilEmpty(loop);
        Assert.Equal(250, ends.Count(end => end == Ending.Complete));
        // All ways of leaving must have happened, or this test has shown nothing.
        Assert.All(
            [Ending.CancelledUnread, Ending.CancelledMidway, Ending.LeftEarly, Ending.Disposed],
            way => Assert.InRange(ends.Count(end => end == way), 50, 1000));
        Assert.True(loop.Snapshot.Preemptions > 0, "Nobody was preempted.");
    }

    private enum Ending
    {
        Complete,
        CancelledUnread,
        CancelledMidway,
        LeftEarly,
        Disposed,
        TooLate,
    }

    private static async Task<Ending> Complete(
        EngineLoop loop, Known request, SchedulerConfig config)
    {
        Requests.Check(request, await loop.Ask(request), config);
        return Ending.Complete;
    }

    // Reads some tokens, or none, and goes away in one of three ways.
    private static async Task<Ending> GiveUp(
        EngineLoop loop, Known request, Random random, SchedulerConfig config)
    {
        var (way, patience) = (random.Next(3), random.Next(2) * random.Next(12));
        using var cancellation = new CancellationTokenSource();
        await using var generation = loop.Submit(request);
        if (way == 0 && patience == 0)
            cancellation.CancelAfter(random.Next(40));
        if (way == 1 && patience == 0)
            return Ending.Disposed;
        var answer = request.Answer(config).Tokens.ToArray();
        List<TokenId> seen = [];
        try
        {
            await foreach (var next in generation.ReadAllAsync(cancellation.Token))
            {
                if (next is not TokenEvent.Token token)
                    return Ending.TooLate;
                seen.Add(token.Sample.Token);
                Assert.Equal(answer[..seen.Count], seen.ToArray());
                if (way == 0 && seen.Count == patience)
                    await cancellation.CancelAsync();
                if (way != 0 && seen.Count > patience)
                    return Ending.LeftEarly;
            }
        }
        catch (OperationCanceledException)
        {
            return seen.Count == 0 ? Ending.CancelledUnread : Ending.CancelledMidway;
        }

        throw new InvalidOperationException("The stream ended without an end.");
    }

    private static async Task ThrowsCancelled(Task reading, CancellationToken token)
    {
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => reading.WaitAsync(Waits.Long));
        Assert.Equal(token, thrown.CancellationToken);
    }
}
