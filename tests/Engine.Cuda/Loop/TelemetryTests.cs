using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Observers are told what happened, and cannot change it.</summary>
public sealed class TelemetryTests
{
    private static readonly SchedulerConfig _config = Requests.Config();

    [Fact]
    public async Task The_meter_tells_what_the_engine_did()
    {
        var name = $"metered {Guid.NewGuid()}";
        using var meter = new Listener(name);
        using var turnstile = new Turnstile();
        using var loop = new EngineLoop(
            _config,
            new SlotExecutor(_config) { Before = turnstile.Pass },
            new EngineLoopOptions { Name = name });
        var asked = loop.Ask(Known.Of(promptTokens: 10, maxTokens: 4));
        await turnstile.Arrival();
        await turnstile.Next();

        meter.Observe();
        Assert.Equal(1, meter["skpaged.requests.running"]);
        Assert.Equal(0, meter["skpaged.requests.waiting"]);
        Assert.Equal(3, meter["skpaged.blocks.live"]);
        Assert.Equal(4093, meter["skpaged.blocks.free"]);
        Assert.Equal(11.0 / 12, meter["skpaged.kv.utilisation"]);
        turnstile.Open();
        await asked.WaitAsync(Waits.Long);
        await Assert.ThrowsAsync<RequestRejectedException>(
            () => loop.Ask(Known.Of(promptTokens: 0, maxTokens: 1)));

        meter.Observe();
        Assert.Equal(4, meter["skpaged.steps"]);
        Assert.Equal(10, meter["skpaged.tokens.prefill"]);
        Assert.Equal(3, meter["skpaged.tokens.decode"]);
        Assert.Equal(0, meter["skpaged.preemptions/recompute"]);
        Assert.Equal(0, meter["skpaged.preemptions/swap"]);
        Assert.Equal(0, meter["skpaged.blocks.copied"]);
        Assert.Equal(4, meter.Count("skpaged.step.duration"));
        Assert.Equal([10, 1, 1, 1], meter.Values("skpaged.step.tokens"));
        Assert.Equal(0, meter["skpaged.prefix_cache.hit_rate"]);
        Assert.Equal(1, meter.Sum("skpaged.requests.finished/length"));
        Assert.Equal(1, meter.Sum("skpaged.requests.rejected/PromptEmpty"));
    }

    // Blocks of 4 tokens. Both prompts fill 2 and half of a third; the second forks in two that
    // share all three until one of them writes, and moves to the host as soon as the pool is full.
    [Fact]
    public async Task The_meter_tells_of_copies_and_of_those_in_the_hosts_memory()
    {
        var name = $"swapping {Guid.NewGuid()}";
        var config = _config with
        {
            BlocksTotal = 8,
            HostBlocksTotal = 5,
            PreemptionMode = PreemptionMode.Swap,
            Watermark = 0,
        };
        using var meter = new Listener(name);
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config, new EngineLoopOptions { Name = name });
        var (one, two) = (Known.Of(10, maxTokens: 12), Known.Of(10, maxTokens: 12, seed: 2));
        await using var first = loop.Submit(
            one.Prompt, one.Sampling, one.Stop, new() { CacheSalt = "a" });
        await turnstile.Arrival();
        await using var second = loop.Submit(
            two.Prompt, two.Sampling, two.Stop, new() { CacheSalt = "b", Samples = 2 });
        while (loop.Snapshot.Swapped == 0)
            await turnstile.Next();

        meter.Observe();
        Assert.Equal(1, meter["skpaged.requests.running"]);
        Assert.Equal(1, meter["skpaged.requests.waiting"]);
        Assert.Equal(1, meter["skpaged.requests.swapped"]);
        Assert.Equal(loop.Snapshot.BlocksSwappedOut, meter["skpaged.host_blocks.live"]);
        Assert.Equal(5 - loop.Snapshot.BlocksSwappedOut, meter["skpaged.host_blocks.free"]);
        turnstile.Open();
        GroupAnswers.Check(two, 2, await second.ReadGroup().WaitAsync(Waits.Long), config);
        Requests.Check(one, await first.ReadToEnd().WaitAsync(Waits.Long), config);

        meter.Observe();
        var now = loop.Snapshot;
        Assert.Equal(0, meter["skpaged.requests.swapped"]);
        Assert.Equal(0, meter["skpaged.host_blocks.live"]);
        Assert.Equal(5, meter["skpaged.host_blocks.free"]);
        Assert.InRange(now.Copies, 1, long.MaxValue);
        Assert.InRange(now.BlocksSwappedOut, 1, long.MaxValue);
        Assert.InRange(now.PreemptionsBySwap, 1, now.Preemptions);
        Assert.Equal(now.Copies, meter["skpaged.blocks.copied"]);
        Assert.Equal(now.BlocksSwappedOut, meter["skpaged.blocks.swapped_out"]);
        Assert.Equal(now.BlocksSwappedIn, meter["skpaged.blocks.swapped_in"]);
        Assert.Equal(now.PreemptionsBySwap, meter["skpaged.preemptions/swap"]);
        Assert.Equal(now.PreemptionsByRecompute, meter["skpaged.preemptions/recompute"]);
    }

    // Prompts of 5, 8 and 15 tokens in blocks of 4; with a budget of 2 some samples get no row.
    [Theory]
    [InlineData(5, 256), InlineData(8, 256), InlineData(15, 256), InlineData(5, 2)]
    public async Task What_samples_share_is_held_once(int promptTokens, int batchedTokens)
    {
        var config = _config with { MaxBatchedTokens = batchedTokens };
        using var turnstile = new Turnstile();
        using var loop = turnstile.Loop(config);
        var request = Known.Of(promptTokens, maxTokens: 3);
        await using var generation = loop.Submit(
            request.Prompt, request.Sampling, request.Stop, new() { Samples = 4 });
        await turnstile.Arrival();
        for (var forked = false; !forked; await turnstile.Next())
            forked = turnstile.Plan!.Samplings[0] is not null;

        // Each that is in the step has a token behind the prompt; those that are not share theirs.
        var now = loop.Snapshot;
        var (filled, rows) = (promptTokens % 4, turnstile.Plan!.Rows);
        var copies = filled == 0 ? 0 : now.Copies;
        Assert.Equal(promptTokens + copies * filled + rows, now.TokensHeld);
        Assert.Equal((promptTokens / 4 + (filled == 0 ? rows : copies + 1)) * 4, now.SlotsHeld);
        Assert.Equal(filled == 0 ? 0 : Math.Min(3, rows), now.Copies);
        turnstile.Open();
        GroupAnswers.Check(request, 4, await generation.ReadGroup().WaitAsync(Waits.Long), config);
    }

    [Fact]
    public async Task A_request_of_several_samples_ends_once_with_the_tokens_of_all()
    {
        var name = $"grouped {Guid.NewGuid()}";
        using var meter = new Listener(name);
        var log = new Recorder { Least = LogLevel.Debug };
        using var loop = new EngineLoop(
            _config, new SlotExecutor(_config), new EngineLoopOptions { Name = name }, log);
        var request = Known.Of(promptTokens: 10, maxTokens: 4);
        await using var generation = loop.Submit(
            request.Prompt, request.Sampling, request.Stop, new() { Samples = 2, BestOf = 3 });
        await generation.ReadGroup().WaitAsync(Waits.Long);

        Assert.Equal(1, meter.Count("skpaged.requests.finished/length"));
        Assert.Equal(1, meter.Sum("skpaged.requests.finished/length"));
        Assert.Equal(1, meter.Count("gen_ai.server.time_to_first_token"));
        Assert.Equal(1, meter.Count("gen_ai.server.request.duration"));
        Assert.Equal(1, meter.Count("gen_ai.server.time_per_output_token"));
        Assert.Equal(
            [$"Debug: Engine '{name}': request 0 ended (Length), {new Usage(10, 12, 0, 0)}"],
            log.Lines.Where(line => line.StartsWith("Debug", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_log_tells_of_failures_with_their_causes()
    {
        var log = new Recorder();
        var steps = 0;
        var loop = new EngineLoop(
            _config,
            new SlotExecutor(_config)
            {
                Before = _ => throw (++steps == 1
                    ? new IOException("once")
                    : new ExecutorLostException("for good")),
            },
            new EngineLoopOptions { Name = "told" },
            log);
        await Assert.ThrowsAsync<StepFailedException>(
            () => loop.Ask(Known.Of(promptTokens: 1, maxTokens: 1)));
        await Assert.ThrowsAsync<EngineFailedException>(
            () => loop.Ask(Known.Of(promptTokens: 1, maxTokens: 1)));
        loop.Dispose();

        Assert.Equal(
            [
                "Information: Engine 'told' started: 4096 blocks of 4 tokens, "
                    + "at most 256 sequences and 256 tokens a step",
                "Error: Engine 'told': step 0 failed with 1 sequences in it (once)",
                "Critical: Engine 'told' failed: all its requests end, and it takes no more "
                    + "(for good)",
                "Information: Engine 'told' stopped",
            ],
            log.Lines);
    }

    [Fact]
    public async Task Observers_that_throw_do_no_harm()
    {
        var name = $"harassed {Guid.NewGuid()}";
        using var meter = new Listener(name) { Throws = true };
        using var loop = new EngineLoop(
            _config,
            new SlotExecutor(_config),
            new EngineLoopOptions { Name = name },
            new Recorder { Throws = true });

        var request = Known.Of(promptTokens: 10, maxTokens: 4);
        Requests.Check(request, await loop.Ask(request).WaitAsync(Waits.Long), _config);

        Assert.Null(loop.Failure);
    }

    private sealed class Recorder : ILogger
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public bool Throws { get; init; }

        public LogLevel Least { get; init; } = LogLevel.Information;

        public IEnumerable<string> Lines => _lines;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Least || Throws;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter)
        {
            if (Throws)
                throw new InvalidOperationException("no paper");
            var cause = exception is null ? "" : $" ({exception.Message})";
            _lines.Enqueue($"{logLevel}: {formatter(state, exception)}{cause}");
        }
    }

    private sealed class Listener : IDisposable
    {
        private readonly ConcurrentQueue<(string Name, double Value)> _seen = new();
        private readonly MeterListener _listener = new();
        private readonly string _engine;

        public Listener(string engine)
        {
            _engine = engine;
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "SkPaged")
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
                See(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
                See(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
                See(instrument, value, tags));
            _listener.Start();
        }

        public bool Throws { get; init; }

        /// <summary>The value seen last.</summary>
        public double this[string name] => _seen.Last(seen => seen.Name == name).Value;

        public IEnumerable<double> Values(string name) =>
            _seen.Where(seen => seen.Name == name).Select(seen => seen.Value);

        public int Count(string name) => _seen.Count(seen => seen.Name == name);

        public double Sum(string name) =>
            _seen.Where(seen => seen.Name == name).Sum(seen => seen.Value);

        public void Observe() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private void See(
            Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            var map = tags.ToArray().ToDictionary();
            if (!Equals(map["skpaged.engine"], _engine))
                return;
            if (Throws)
                throw new InvalidOperationException("no paper");
            var label = map.GetValueOrDefault("skpaged.reason")
                ?? map.GetValueOrDefault("skpaged.mode");
            var name = label is null ? instrument.Name : $"{instrument.Name}/{label}";
            _seen.Enqueue((name, value));
        }
    }
}
