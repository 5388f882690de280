using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// Whole requests, as OpenTelemetry's conventions want a model's server to measure them. A step
/// takes a second of a clock that nothing else moves.
/// </summary>
public sealed class ServerMetricsTests
{
    private static readonly SchedulerConfig _config = Requests.Config();

    [Fact]
    public async Task An_answer_is_measured_from_submission_and_from_its_first_token()
    {
        using var seen = new Seen();
        var clock = new Clock();
        await using (var loop = Loop(seen, clock))
            await loop.Ask(Known.Of(promptTokens: 10, maxTokens: 4)).WaitAsync(Waits.Long);

        Assert.Equal(
            [
                "gen_ai.server.request.duration 4 s text_completion",
                "gen_ai.server.time_per_output_token 1 s text_completion",
                "gen_ai.server.time_to_first_token 1 s text_completion",
            ],
            seen.Lines);
    }

    [Fact]
    public async Task The_longest_of_several_samples_counts()
    {
        using var seen = new Seen();
        await using (var loop = Loop(seen, new Clock()))
        {
            var known = Known.Of(promptTokens: 10, maxTokens: 3);
            await using var generation = loop.Submit(
                known.Prompt, known.Sampling, known.Stop,
                new() { Samples = 4, Operation = "chat" });
            await generation.ReadGroup().WaitAsync(Waits.Long);
        }

        Assert.Contains("gen_ai.server.request.duration 3 s chat", seen.Lines);
        Assert.Contains("gen_ai.server.time_per_output_token 1 s chat", seen.Lines);
    }

    [Fact]
    public async Task One_token_has_none_after_the_first()
    {
        using var seen = new Seen();
        await using (var loop = Loop(seen, new Clock()))
            await loop.Ask(Known.Of(promptTokens: 10, maxTokens: 1)).WaitAsync(Waits.Long);

        Assert.DoesNotContain(seen.Lines, line => line.Contains("per_output", _ordinal));
    }

    [Fact]
    public async Task What_fails_is_measured_with_the_error()
    {
        using var seen = new Seen();
        var clock = new Clock();
        var steps = 0;
        await using (var loop = Loop(seen, clock, _ =>
            throw (++steps == 1 ? new IOException("once") : new ExecutorLostException("gone"))))
        {
            await Assert.ThrowsAsync<RequestRejectedException>(
                () => loop.Ask(Known.Of(promptTokens: 0, maxTokens: 1)));
            await Assert.ThrowsAsync<StepFailedException>(
                () => loop.Ask(Known.Of(promptTokens: 1, maxTokens: 1)));
            await Assert.ThrowsAsync<EngineFailedException>(
                () => loop.Ask(Known.Of(promptTokens: 1, maxTokens: 1)));
        }

        Assert.Equal(
            [
                Failed(0, nameof(RequestRejectedException)),
                Failed(1, nameof(EngineFailedException)),
                Failed(1, nameof(StepFailedException)),
            ],
            seen.Lines);
    }

    [Fact]
    public async Task Whoever_leaves_has_aborted()
    {
        using var seen = new Seen();
        await using (var loop = Loop(seen, new Clock()))
        {
            var known = Known.Of(promptTokens: 1, maxTokens: 2000);
            await foreach (var _ in loop.Submit(known.Prompt, known.Sampling, known.Stop)
                .ReadAllAsync())
                break;
            while (loop.OpenCount > 0)
                await Task.Delay(1);
        }

        var line = Assert.Single(seen.Lines, line => line.Contains("duration", _ordinal));
        Assert.EndsWith(" s text_completion abort", line, _ordinal);
    }

    private const StringComparison _ordinal = StringComparison.Ordinal;

    private static string Failed(int seconds, string error) =>
        $"gen_ai.server.request.duration {seconds} s text_completion SkPaged.Engine.Cuda.{error}";

    private static EngineLoop Loop(Seen seen, Clock clock, Action<StepPlan>? before = null) =>
        new(
            _config,
            new SlotExecutor(_config)
            {
                Before = plan =>
                {
                    clock.Tick();
                    before?.Invoke(plan);
                },
            },
            new EngineLoopOptions { Name = seen.Engine, TimeProvider = clock });

    private sealed class Clock : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Read(ref _seconds);

        public void Tick() => Interlocked.Increment(ref _seconds);
    }

    private sealed class Seen : IDisposable
    {
        private readonly ConcurrentBag<string> _lines = [];
        private readonly MeterListener _listener = new();

        public Seen()
        {
            _listener.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Name.StartsWith("gen_ai.server.", _ordinal))
                    listener.EnableMeasurementEvents(instrument);
            };
            _listener.SetMeasurementEventCallback<double>(See);
            _listener.Start();
        }

        public string Engine { get; } = $"served {Guid.NewGuid()}";

        public IEnumerable<string> Lines => _lines.Order(StringComparer.Ordinal);

        public void Dispose() => _listener.Dispose();

        private void See(
            Instrument instrument,
            double value,
            ReadOnlySpan<KeyValuePair<string, object?>> tags,
            object? state)
        {
            var map = tags.ToArray().ToDictionary();
            if (!Equals(map["skpaged.engine"], Engine))
                return;
            Assert.Equal("skpaged", map["gen_ai.provider.name"]);
            Assert.Equal(Engine, map["gen_ai.request.model"]);
            var error = map.TryGetValue("error.type", out var type) ? $" {type}" : "";
            _lines.Add(
                $"{instrument.Name} {value} {instrument.Unit} "
                + $"{map["gen_ai.operation.name"]}{error}");
        }
    }
}
