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
        using var loop = turnstile.Loop(config);
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
    public async Task Cancelled_between_two_chunks_of_its_prompt_it_computes_no_third()
    {
        var config = Requests.Config(batchedTokens: 8);
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
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
        using var loop = turnstile.Loop(config);
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

    private static async Task ThrowsCancelled(Task reading, CancellationToken token)
    {
        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => reading.WaitAsync(Waits.Long));
        Assert.Equal(token, thrown.CancellationToken);
    }
}
