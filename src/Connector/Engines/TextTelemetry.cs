using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SkPaged.Connector.Engines;

/// <summary>
/// Spans and client metrics of raw prompts. Microsoft.Extensions.AI measures chat calls only; here
/// is the same for text completion, by the same conventions and names.
/// </summary>
internal sealed class TextTelemetry : IDisposable
{
    private readonly ActivitySource _spans;
    private readonly Meter _meter;
    private readonly Histogram<double> _duration;
    private readonly Histogram<int> _tokens;
    private readonly string _model;

    /// <summary>Of a model.</summary>
    /// <param name="sourceName">Of activity source and meter.</param>
    /// <param name="model">The model's id.</param>
    public TextTelemetry(string sourceName, string model)
    {
        (_spans, _meter, _model) = (new(sourceName), new(sourceName), model);
        _duration = _meter.CreateHistogram(
            "gen_ai.client.operation.duration",
            "s",
            "Measures the duration of a GenAI operation",
            advice: Buckets([.. Doubling(0.01, 2, 14)]));
        _tokens = _meter.CreateHistogram(
            "gen_ai.client.token.usage",
            "{token}",
            "Measures number of input and output tokens used",
            advice: Buckets([.. Doubling(1, 4, 14).Select(bound => (int)bound)]));
    }

    /// <summary>A call begins; null while nobody listens.</summary>
    public TextCall? Begin()
    {
        var span = _spans.StartActivity($"text_completion {_model}", ActivityKind.Client);
        return span is null && !_duration.Enabled && !_tokens.Enabled
            ? null
            : new TextCall(span, _duration, _tokens, _model);
    }

    /// <summary>Calls are no longer told of.</summary>
    public void Dispose()
    {
        _spans.Dispose();
        _meter.Dispose();
    }

    private static IEnumerable<double> Doubling(double first, double factor, int count) =>
        Enumerable.Range(0, count).Select(power => first * Math.Pow(factor, power));

    private static InstrumentAdvice<T> Buckets<T>(IReadOnlyList<T> bounds)
        where T : struct =>
        new() { HistogramBucketBoundaries = bounds };
}
