using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SkPaged.Connector.Tests.Telemetry;

/// <summary>One measurement.</summary>
internal sealed record Measured(
    string Name, string? Unit, double Value, IReadOnlyDictionary<string, object?> Tags);

/// <summary>
/// Hears what the code under a test tells of one model: spans by their trace, since others run in
/// this process at the same time, measurements by the model's name.
/// </summary>
internal sealed class TelemetryListener : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ConcurrentQueue<Measured> _measured = new();
    private readonly ActivityListener _spans;
    private readonly MeterListener _metrics = new();
    private readonly Activity _root = new Activity("test").Start();
    private readonly string _model;

    public TelemetryListener(string model, string name = PagedLlmTelemetry.Name)
    {
        _model = model;
        _spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) =>
                ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.TraceId == _root.TraceId)
                    _ended.Enqueue(activity);
            },
        };
        ActivitySource.AddActivityListener(_spans);
        _metrics.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == name)
                listener.EnableMeasurementEvents(instrument);
        };
        _metrics.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
            Hear(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            Hear(instrument, value, tags));
        _metrics.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            Hear(instrument, value, tags));
        _metrics.Start();
    }

    /// <summary>Spans in the order of their ends.</summary>
    public IReadOnlyList<Activity> Spans => [.. _ended];

    /// <summary>Those of the model's turns.</summary>
    public IReadOnlyList<Activity> Chats =>
        [.. _ended.Where(span => Equals(span.GetTagItem("gen_ai.operation.name"), "chat"))];

    public IReadOnlyList<Measured> All => [.. _measured];

    public IReadOnlyList<Measured> Of(string name) =>
        [.. _measured.Where(measured => measured.Name == name)];

    /// <summary>Reads what is measured only when asked for.</summary>
    public void Observe() => _metrics.RecordObservableInstruments();

    public void Dispose()
    {
        _root.Dispose();
        _spans.Dispose();
        _metrics.Dispose();
    }

    private void Hear(
        Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var map = tags.ToArray().ToDictionary();
        var model = map.GetValueOrDefault("skpaged.engine")
            ?? map.GetValueOrDefault("gen_ai.request.model")
            ?? map.GetValueOrDefault("gen_ai.response.model");
        if (Equals(model, _model))
            _measured.Enqueue(new(instrument.Name, instrument.Unit, value, map));
    }
}
