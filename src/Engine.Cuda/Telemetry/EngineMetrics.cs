using System.Diagnostics.Metrics;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// All that an engine says in numbers, under the meter "SkPaged". Every measurement carries the
/// engine's name. Most are read from the last snapshot when a listener asks: they cost no step.
/// </summary>
internal sealed class EngineMetrics : IDisposable
{
    public const string MeterName = "SkPaged";

    private static readonly InstrumentAdvice<double> _secondsAdvice = new()
    {
        HistogramBucketBoundaries =
        [
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
        ],
    };

    private static readonly InstrumentAdvice<int> _tokensAdvice = new()
    {
        HistogramBucketBoundaries =
            [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384],
    };

    private readonly Meter _meter = new(
        MeterName, typeof(EngineMetrics).Assembly.GetName().Version?.ToString(3));

    private readonly KeyValuePair<string, object?> _engine;
    private readonly Histogram<double> _stepSeconds;
    private readonly Histogram<int> _stepTokens;
    private readonly Counter<long> _finished;
    private readonly Counter<long> _rejected;

    public EngineMetrics(string engine, Func<EngineSnapshot> snapshot)
    {
        _engine = new("skpaged.engine", engine);
        _stepSeconds = Seconds("skpaged.step.duration", "What the executor took for a step.");
        _stepTokens = _meter.CreateHistogram(
            "skpaged.step.tokens", "{token}", "Tokens that a step computed.", tags: null,
            advice: _tokensAdvice);
        Server = new ServerMetrics(_meter, engine);
        _finished = _meter.CreateCounter<long>(
            "skpaged.requests.finished", "{request}", "Requests that ended, by reason.");
        _rejected = _meter.CreateCounter<long>(
            "skpaged.requests.rejected", "{request}", "Requests not taken in, by reason.");
        ObserveLevels(snapshot);
        ObserveTotals(snapshot);
    }

    /// <summary>Those of whole requests.</summary>
    public ServerMetrics Server { get; }

    public void StepRan(TimeSpan took, int tokens)
    {
        _stepSeconds.Record(took.TotalSeconds, _engine);
        _stepTokens.Record(tokens, _engine);
    }

    public void Finished(FinishReason reason)
    {
        if (_finished.Enabled)
            _finished.Add(1, _engine, new("skpaged.reason", Word(reason)));
    }

    public void Rejected(Rejection why)
    {
        if (_rejected.Enabled)
            _rejected.Add(1, _engine, new("skpaged.reason", why.GetType().Name));
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>As tags say it.</summary>
    public static string Word(FinishReason reason) =>
        reason switch
        {
            FinishReason.Stop => "stop",
            FinishReason.Length => "length",
            FinishReason.Abort => "abort",
            FinishReason.Error => "error",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };

    private void ObserveLevels(Func<EngineSnapshot> snapshot)
    {
        Level("skpaged.requests.running", "{request}", "Requests that have blocks.",
            () => snapshot().Running);
        Level("skpaged.requests.waiting", "{request}", "Requests that wait for blocks.",
            () => snapshot().Waiting);
        Level("skpaged.requests.swapped", "{request}",
            "Requests that have blocks in the host's memory.", () => snapshot().Swapped);
        Level("skpaged.blocks.live", "{block}", "Blocks that a sequence holds.",
            () => snapshot().BlocksLive);
        Level("skpaged.blocks.free", "{block}", "Blocks that nobody holds.",
            () => snapshot().BlocksFree);
        Level("skpaged.blocks.cached", "{block}", "Free blocks that keep a prefix.",
            () => snapshot().BlocksCached);
        Level("skpaged.host_blocks.live", "{block}", "Host blocks that a sequence holds.",
            () => snapshot().HostBlocksLive);
        Level("skpaged.host_blocks.free", "{block}", "Host blocks that nobody holds.",
            () => snapshot().HostBlocksTotal - snapshot().HostBlocksLive);
        Share("skpaged.kv.utilisation", "Tokens held / slots held.",
            () => snapshot().KvUtilisation);
        Share("skpaged.prefix_cache.hit_rate",
            "Tokens found in the prefix cache / those found and those computed of prompts.",
            () => snapshot().PrefixHitRate);
    }

    private void ObserveTotals(Func<EngineSnapshot> snapshot)
    {
        Total("skpaged.steps", "{step}", "Steps begun.", () => snapshot().Steps);
        _meter.CreateObservableCounter(
            "skpaged.preemptions",
            () => Preemptions(snapshot()),
            "{preemption}",
            "Times a request lost its blocks, by mode.");
        Total("skpaged.tokens.prefill", "{token}", "Tokens computed of prompts, or again.",
            () => snapshot().PrefillTokens);
        Total("skpaged.tokens.cached", "{token}", "Tokens found in the prefix cache.",
            () => snapshot().CachedTokens);
        Total("skpaged.blocks.evicted", "{block}", "Cached blocks taken for something else.",
            () => snapshot().Evictions);
        Total("skpaged.blocks.copied", "{block}", "Shared blocks copied before a write.",
            () => snapshot().Copies);
        Total("skpaged.blocks.swapped_out", "{block}", "Blocks moved to the host's memory.",
            () => snapshot().BlocksSwappedOut);
        Total("skpaged.blocks.swapped_in", "{block}", "Blocks moved back from it.",
            () => snapshot().BlocksSwappedIn);
        Total("skpaged.tokens.decode", "{token}", "Tokens computed one at a time.",
            () => snapshot().DecodeTokens);
    }

    private Measurement<long>[] Preemptions(EngineSnapshot now) =>
    [
        new(now.PreemptionsByRecompute, _engine, new("skpaged.mode", "recompute")),
        new(now.PreemptionsBySwap, _engine, new("skpaged.mode", "swap")),
    ];

    private Histogram<double> Seconds(string name, string description) =>
        _meter.CreateHistogram(name, "s", description, tags: null, advice: _secondsAdvice);

    private void Level(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableUpDownCounter(
            name, () => new Measurement<long>(value(), _engine), unit, description);

    private void Share(string name, string description, Func<double> value) =>
        _meter.CreateObservableGauge(
            name, () => new Measurement<double>(value(), _engine), "1", description);

    private void Total(string name, string unit, string description, Func<long> value) =>
        _meter.CreateObservableCounter(
            name, () => new Measurement<long>(value(), _engine), unit, description);
}
