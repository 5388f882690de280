using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>An engine that goes leaves nobody waiting and nothing behind.</summary>
public sealed class DisposeTests
{
    private static readonly SchedulerConfig _config =
        Requests.Config(blocks: 25_000, length: 100_000);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Disposed_under_load_it_ends_every_open_call_with_a_clear_exception(bool async)
    {
        var executor = new SlotExecutor(_config);
        var loop = new EngineLoop(_config, executor, new EngineLoopOptions { Name = "busy" });
        var reading = Enumerable.Range(0, 64)
            .Select(_ => loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000)))
            .Select(generation => generation.ReadToEnd())
            .ToArray();
        await Waits.Until(() => loop.Snapshot.Steps > 3, "a few steps");

        if (async)
            await loop.DisposeAsync().AsTask().WaitAsync(Waits.Long);
        else
            loop.Dispose();

        Assert.Equal(1, executor.Disposals);
        Assert.Equal(0, loop.OpenCount);
        foreach (var each in reading)
        {
            var thrown = await Assert.ThrowsAsync<ObjectDisposedException>(
                () => each.WaitAsync(Waits.Long));
            Assert.Contains(
                "The engine 'busy' has been disposed.", thrown.Message, StringComparison.Ordinal);
        }

        Assert.Throws<ObjectDisposedException>(
            () => loop.Submit(Known.Of(promptTokens: 1, maxTokens: 1)));
        Assert.Null(loop.Failure);
    }

    [Fact]
    public async Task Disposed_by_many_at_once_while_others_submit_it_ends_once()
    {
        var endless = Known.Of(promptTokens: 5, maxTokens: 90_000);
        for (var round = 0; round < 50; round++)
        {
            var executor = new SlotExecutor(_config);
            var loop = new EngineLoop(_config, executor);
            using var start = new Barrier(6);
            var submitting = Enumerable.Range(0, 3).Select(_ => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait();
                    List<Task> reading = [];
                    try
                    {
                        while (true)
                            reading.Add(loop.Submit(endless).ReadToEnd());
                    }
                    catch (Exception refused) when (
                        refused is ObjectDisposedException or EngineOverloadedException)
                    {
                    }

                    foreach (var each in reading)
                        await Assert.ThrowsAsync<ObjectDisposedException>(() => each);
                },
                TaskCreationOptions.LongRunning).Unwrap());
            var disposing = Enumerable.Range(0, 3).Select(index => Task.Factory.StartNew(
                async () =>
                {
                    start.SignalAndWait();
                    if (index == 0)
                        await loop.DisposeAsync();
                    else
                        loop.Dispose();
                },
                TaskCreationOptions.LongRunning).Unwrap());

            await Task.WhenAll([.. submitting, .. disposing]).WaitAsync(Waits.Long);

            Assert.Equal(1, executor.Disposals);
            Assert.Equal(0, loop.OpenCount);
        }
    }

    [Fact]
    public async Task It_waits_for_the_step_that_runs_before_it_disposes_the_executor()
    {
        using var turnstile = new Turnstile();
        var executor = new SlotExecutor(_config) { Before = turnstile.Pass };
        var loop = new EngineLoop(_config, executor);
        var reading = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000)).ReadToEnd();
        await turnstile.Arrival();

        var disposing = loop.DisposeAsync().AsTask();
        await Task.Delay(50);
        Assert.False(disposing.IsCompleted);
        Assert.Equal(0, executor.Disposals);
        turnstile.Open();
        await disposing.WaitAsync(Waits.Long);

        Assert.Equal(1, executor.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => reading.WaitAsync(Waits.Long));
    }

    [Fact]
    public async Task What_was_given_up_may_be_disposed_after_its_engine()
    {
        var loop = new EngineLoop(_config, new SlotExecutor(_config));
        var generation = loop.Submit(Known.Of(promptTokens: 5, maxTokens: 90_000));
        loop.Dispose();

        generation.Stop();
        await generation.DisposeAsync();
        loop.Dispose();
        await loop.DisposeAsync();
    }
}
