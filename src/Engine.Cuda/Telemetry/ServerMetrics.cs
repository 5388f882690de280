using System.Diagnostics.Metrics;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// What an engine measures of whole requests: the server's part of OpenTelemetry's conventions for
/// generative AI, by the names, units and buckets that they give.
/// </summary>
internal sealed class ServerMetrics
{
    private const string ProviderName = "skpaged";

    // The conventions' advice, in seconds.
    private static readonly double[] _durations =
    [
        0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
    ];

    private static readonly double[] _firstTokens =
    [
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10,
    ];

    private static readonly double[] _outputTokens =
        [0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5];

    private readonly string _engine;
    private readonly Histogram<double> _duration;
    private readonly Histogram<double> _toFirstToken;
    private readonly Histogram<double> _perOutputToken;

    public ServerMetrics(Meter meter, string engine)
    {
        _engine = engine;
        _duration = Seconds(
            meter, "gen_ai.server.request.duration", "From submission to the end.", _durations);
        _toFirstToken = Seconds(
            meter, "gen_ai.server.time_to_first_token", "From submission to the first token.",
            _firstTokens);
        _perOutputToken = Seconds(
            meter, "gen_ai.server.time_per_output_token",
            "Per token after the first, of requests that were answered.", _outputTokens);
    }

    public void FirstToken(string operation, TimeSpan after)
    {
        if (_toFirstToken.Enabled)
            _toFirstToken.Record(after.TotalSeconds, Tags(operation));
    }

    /// <param name="operation">What was asked for.</param>
    /// <param name="took">From submission.</param>
    /// <param name="decode">From the first token on; null where there was none.</param>
    /// <param name="tokens">Of the longest sample.</param>
    public void Answered(string operation, TimeSpan took, TimeSpan? decode, int tokens)
    {
        if (_duration.Enabled)
            _duration.Record(took.TotalSeconds, Tags(operation));
        if (decode is { } after && tokens > 1 && _perOutputToken.Enabled)
            _perOutputToken.Record(after.TotalSeconds / (tokens - 1), Tags(operation));
    }

    /// <param name="operation">What was asked for.</param>
    /// <param name="took">From submission.</param>
    /// <param name="error">Why there is no answer: one of few words.</param>
    public void Failed(string operation, TimeSpan took, string error)
    {
        if (!_duration.Enabled)
            return;
        var tags = Tags(operation);
        tags.Add("error.type", error);
        _duration.Record(took.TotalSeconds, tags);
    }

    private System.Diagnostics.TagList Tags(string operation) =>
        new()
        {
            { "skpaged.engine", _engine },
            { "gen_ai.operation.name", operation },
            { "gen_ai.provider.name", ProviderName },
            { "gen_ai.request.model", _engine },
            { "gen_ai.response.model", _engine },
        };

    private static Histogram<double> Seconds(
        Meter meter, string name, string description, double[] buckets) =>
        meter.CreateHistogram(
            name, "s", description, tags: null,
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = buckets });
}
