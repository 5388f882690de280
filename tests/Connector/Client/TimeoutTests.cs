using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>A limit of time for each request of an engine.</summary>
public sealed class TimeoutTests
{
    [Fact]
    public async Task A_request_that_takes_too_long_fails_typed_and_frees_its_blocks()
    {
        await using var engine = Slow();
        engine.Executor.BeforeStep = _ => Thread.Sleep(1);

        var error = await Assert.ThrowsAsync<RequestTimeoutException>(
            () => engine.Client.GetResponseAsync(new string('a', 3000)));
        Assert.Equal(TimeSpan.FromSeconds(0.2), error.Limit);
        Assert.Contains("within 0.2 s, the engine's RequestTimeout", error.Message);
        await Wait.Until(() => engine.Engine.Snapshot is { BlocksLive: 0, Running: 0 });
    }

    [Fact]
    public async Task Waiting_counts()
    {
        await using var engine = Slow();
        using var turnstile = new Turnstile(engine.Executor);
        var runs = engine.Client.GetResponseAsync("a");
        await turnstile.Arrived();
        var waits = engine.Client.GetResponseAsync("b");

        await Assert.ThrowsAsync<RequestTimeoutException>(() => runs);
        await Assert.ThrowsAsync<RequestTimeoutException>(() => waits);
        turnstile.Open();
        await Wait.Until(() => engine.Engine.Snapshot is { BlocksLive: 0, Waiting: 0 });
        Assert.Equal("c", (await engine.Client.GetResponseAsync("c")).Text);
    }

    [Fact]
    public async Task What_came_in_time_is_read_before_the_error()
    {
        await using var engine = Slow();
        engine.Executor.BeforeStep = _ => Thread.Sleep(1);
        var seen = "";
        await Assert.ThrowsAsync<RequestTimeoutException>(async () =>
        {
            await foreach (var update in engine.Client.GetStreamingResponseAsync(
                new string('a', 3000)))
                seen += update.Text;
        });

        Assert.NotEmpty(seen);
        Assert.Equal(new string('a', seen.Length), seen);
    }

    [Fact]
    public async Task In_time_nothing_happens()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { RequestTimeout = TimeSpan.FromHours(1) });
        Assert.Equal("Hi", (await engine.Client.GetResponseAsync("Hi")).Text);
    }

    private static ScriptedEngine Slow() => ScriptedEngine.Create(
        ScriptedEngine.LastUser,
        new() { RequestTimeout = TimeSpan.FromSeconds(0.2), MaxSequences = 1 });
}
