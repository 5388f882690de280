using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.SemanticKernel;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Hosting;

/// <summary>What an application's health checks are told of its engine.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task An_engine_that_answers_is_healthy()
    {
        await using var engine = ScriptedEngine.Echo();
        await using var provider = Provider(engine);
        await engine.Client.GetResponseAsync("Hi");

        var entry = await Check(provider);
        Assert.Equal(HealthStatus.Healthy, entry.Status);
        Assert.Equal("0 running, 0 waiting.", entry.Description);
        Assert.Equal(0, entry.Data["blocks_live"]);
        Assert.Equal(3L, entry.Data["steps"]);
    }

    [Fact]
    public async Task A_full_queue_is_degraded()
    {
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { MaxSequences = 1, MaxWaiting = 1 });
        await using var provider = Provider(engine);
        using var turnstile = new Turnstile(engine.Executor);
        var first = engine.Client.GetResponseAsync(new string('a', 500));
        await turnstile.Arrived();
        var second = engine.Client.GetResponseAsync("b");
        turnstile.Pass();
        await turnstile.PassUntil(() => engine.Engine.Snapshot.Waiting == 1);

        var entry = await Check(provider);
        Assert.Equal(HealthStatus.Degraded, entry.Status);
        Assert.Equal("The queue is full: 1 running, 1 waiting.", entry.Description);
        turnstile.Open();
        await Task.WhenAll(first, second);
        Assert.Equal(HealthStatus.Healthy, (await Check(provider)).Status);
    }

    [Fact]
    public async Task An_engine_that_failed_is_unhealthy_with_the_cause()
    {
        await using var engine = ScriptedEngine.Echo();
        await using var provider = Provider(engine);
        engine.Executor.BeforeStep = _ => throw new ExecutorLostException("the device is gone");
        await Assert.ThrowsAsync<EngineFailedException>(
            () => engine.Client.GetResponseAsync("Hi"));

        var entry = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The engine 'scripted' has stopped: the device is gone", entry.Description);
        Assert.IsType<ExecutorLostException>(entry.Exception);
    }

    [Fact]
    public async Task An_engine_that_was_disposed_is_unhealthy()
    {
        await using var engine = ScriptedEngine.Echo();
        await using var provider = Provider(engine);
        await engine.Engine.DisposeAsync();

        var entry = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("The engine 'scripted' has been disposed.", entry.Description);
    }

    [Fact]
    public async Task An_engine_that_stands_still_with_work_to_do_is_unhealthy()
    {
        await using var engine = ScriptedEngine.Echo();
        var clock = new Clock();
        await using var provider = Provider(engine, clock);
        using var turnstile = new Turnstile(engine.Executor);
        var call = engine.Client.GetResponseAsync("Hi");
        await turnstile.Arrived();
        await Wait.Until(() => engine.Engine.Snapshot.Running == 1);

        Assert.Equal(HealthStatus.Healthy, (await Check(provider)).Status);
        clock.Seconds += 60;
        Assert.Equal(HealthStatus.Healthy, (await Check(provider)).Status);
        clock.Seconds += 1;
        var entry = await Check(provider);
        Assert.Equal(HealthStatus.Unhealthy, entry.Status);
        Assert.Equal("No step for 61 s with 1 running, 0 waiting.", entry.Description);
        turnstile.Open();
        await call;
        clock.Seconds += 1000;
        Assert.Equal(HealthStatus.Healthy, (await Check(provider)).Status);
    }

    [Fact]
    public async Task Keyed_engines_have_checks_of_their_own()
    {
        await using var one = ScriptedEngine.Echo();
        await using var two = ScriptedEngine.Echo();
        var services = new ServiceCollection().AddLogging();
        services.AddPagedLlmChatClient(one.Engine, "one");
        services.AddPagedLlmTextGeneration(two.Engine, "two");
        services.AddHealthChecks().AddPagedLlm("one").AddPagedLlm("two", "second");
        await using var provider = services.BuildServiceProvider();
        await two.Engine.DisposeAsync();

        var report = await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync();
        Assert.Equal(HealthStatus.Healthy, report.Entries["skpaged-one"].Status);
        Assert.Equal(HealthStatus.Unhealthy, report.Entries["second"].Status);
    }

    private static ServiceProvider Provider(ScriptedEngine engine, TimeProvider? clock = null)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddPagedLlmChatCompletion(engine.Engine);
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddHealthChecks().AddPagedLlm(stalledAfter: TimeSpan.FromMinutes(1));
        return services.BuildServiceProvider();
    }

    private static async Task<HealthReportEntry> Check(IServiceProvider provider) =>
        (await provider.GetRequiredService<HealthCheckService>().CheckHealthAsync())
            .Entries["skpaged"];

    private sealed class Clock : TimeProvider
    {
        public long Seconds { get; set; }

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;
    }
}
