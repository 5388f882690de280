using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Too much work is an error that a caller can catch, not a hang.</summary>
public sealed class OverloadTests
{
    [Fact]
    public async Task A_full_mailbox_refuses_at_once_with_the_numbers_and_harms_nobody()
    {
        var config = Requests.Config();
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(
            config,
            new SlotExecutor(config) { Before = turnstile.Pass },
            new EngineLoopOptions { MailboxCapacity = 10 });
        var running = loop.Ask(Known.Of(promptTokens: 3, maxTokens: 3));
        await turnstile.Arrival();
        var accepted = Enumerable.Range(0, 10)
            .Select(_ => loop.Ask(Known.Of(promptTokens: 3, maxTokens: 3)))
            .ToArray();

        var refused = Assert.Throws<EngineOverloadedException>(
            () => loop.Submit(Known.Of(promptTokens: 3, maxTokens: 3)));

        Assert.Equal((10, 10), (refused.Pending, refused.Limit));
        Assert.Equal(
            "10 requests lie unread in the engine's mailbox; the limit is 10.", refused.Message);
        turnstile.Open();
        await Task.WhenAll([running, .. accepted]).WaitAsync(Waits.Long);
        await loop.Ask(Known.Of(promptTokens: 3, maxTokens: 3)).WaitAsync(Waits.Long);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task A_cancellation_passes_a_full_mailbox()
    {
        var config = Requests.Config();
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(
            config,
            new SlotExecutor(config) { Before = turnstile.Pass },
            new EngineLoopOptions { MailboxCapacity = 1 });
        var running = loop.Submit(Known.Of(promptTokens: 3, maxTokens: 300));
        await turnstile.Arrival();
        var unread = loop.Submit(Known.Of(promptTokens: 3, maxTokens: 300));

        await running.DisposeAsync();
        await unread.DisposeAsync();
        turnstile.Open();

        await Waits.UntilEmpty(loop);
        Assert.Equal(1, loop.Snapshot.Steps);
    }

    [Fact]
    public async Task A_full_queue_refuses_those_it_cannot_take_with_the_numbers()
    {
        var config = Requests.Config() with { MaxSequences = 1, MaxWaiting = 2 };
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        var running = loop.Ask(Known.Of(promptTokens: 3, maxTokens: 3));
        await turnstile.Arrival();

        var asked = Enumerable.Range(0, 5)
            .Select(_ => loop.Ask(Known.Of(promptTokens: 3, maxTokens: 3)))
            .ToArray();
        turnstile.Open();

        await Task.WhenAll(running, asked[0], asked[1]).WaitAsync(Waits.Long);
        foreach (var each in asked[2..])
        {
            var refused = await Assert.ThrowsAsync<EngineOverloadedException>(
                () => each.WaitAsync(Waits.Long));
            Assert.Equal((2, 2), (refused.Pending, refused.Limit));
            Assert.Equal("2 requests wait; the limit is 2.", refused.Message);
        }
    }
}
