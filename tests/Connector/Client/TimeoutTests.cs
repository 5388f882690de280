using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>A limit of time for each request of an engine.</summary>
public sealed class TimeoutTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    private readonly HandClock _clock = new();

    [Fact]
    public async Task A_request_that_takes_too_long_fails_typed_and_frees_its_blocks()
    {
        await using var engine = Engine();
        using var turnstile = new Turnstile(engine.Executor);
        var call = engine.Client.GetResponseAsync("a");
        await turnstile.Arrived();
        await Wait.Until(() => _clock.Running == 1);
        _clock.GoOff();

        var error = await Assert.ThrowsAsync<RequestTimeoutException>(() => call);
        Assert.Equal(s_limit, error.Limit);
        Assert.Contains("within 300 s, the engine's RequestTimeout", error.Message);
        turnstile.Open();
        await Wait.Until(() => engine.Engine.Snapshot is { BlocksLive: 0, Running: 0 });
        await Wait.Until(() => _clock.Running == 0);
    }

    [Fact]
    public async Task Waiting_counts_and_the_engine_goes_on()
    {
        await using var engine = Engine();
        using var turnstile = new Turnstile(engine.Executor);
        var runs = engine.Client.GetResponseAsync("a");
        await turnstile.Arrived();
        var waits = engine.Client.GetResponseAsync("b");
        await Wait.Until(() => _clock.Running == 2);
        _clock.GoOff();

        await Assert.ThrowsAsync<RequestTimeoutException>(() => runs);
        await Assert.ThrowsAsync<RequestTimeoutException>(() => waits);
        turnstile.Open();
        Assert.Equal("c", (await engine.Client.GetResponseAsync("c")).Text);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task What_came_in_time_is_read_before_the_error()
    {
        await using var engine = Engine();
        var seen = "";
        await Assert.ThrowsAsync<RequestTimeoutException>(async () =>
        {
            await foreach (var update in engine.Client.GetStreamingResponseAsync(
                new string('a', 3000)))
            {
                seen += update.Text;
                _clock.GoOff();
            }
        });

        Assert.NotEmpty(seen);
        Assert.Equal(new string('a', seen.Length), seen);
    }

    [Fact]
    public async Task An_answer_in_time_stops_its_timer()
    {
        await using var engine = Engine();
        Assert.Equal("Hi", (await engine.Client.GetResponseAsync("Hi")).Text);
        await Wait.Until(() => _clock.Running == 0);
    }

    private ScriptedEngine Engine() => ScriptedEngine.Create(
        ScriptedEngine.LastUser,
        new() { RequestTimeout = s_limit, Clock = _clock, MaxSequences = 1 });
}
