using System.Diagnostics;
using System.Globalization;
using OpenTelemetry.Metrics;

namespace SkPaged.Telemetry;

/// <summary>Spans and metrics as text.</summary>
internal static class Report
{
    /// <summary>In the order of their starts, children further right.</summary>
    public static void Spans(IReadOnlyCollection<Activity> spans)
    {
        Console.WriteLine("Spans");
        foreach (var span in spans.OrderBy(span => span.StartTimeUtc))
        {
            var depth = spans.Any(other => other.SpanId == span.ParentSpanId) ? 2 : 1;
            var name = new string(' ', 2 * depth) + span.DisplayName;
            Console.WriteLine($"{name,-40} {span.Duration.TotalMilliseconds,8:F1} ms  {Of(span)}");
        }
    }

    /// <summary>By name, each of its points in a line.</summary>
    public static void Metrics(IEnumerable<Metric> metrics)
    {
        Console.WriteLine("\nMetrics");
        foreach (var metric in metrics.OrderBy(metric => metric.Name, StringComparer.Ordinal))
            foreach (ref readonly var point in metric.GetMetricPoints())
                Console.WriteLine($"  {metric.Name,-46} {Of(metric, point)}");
    }

    private static string Of(Activity span) =>
        string.Join("  ",
            from tag in span.TagObjects
            where tag.Key.StartsWith("gen_ai.usage.", StringComparison.Ordinal)
                || tag.Key is "gen_ai.response.finish_reasons"
            select $"{tag.Key["gen_ai.".Length..]} {tag.Value}");

    private static string Of(Metric metric, in MetricPoint point)
    {
        var value = metric.MetricType switch
        {
            MetricType.Histogram =>
                $"{Rounded(point.GetHistogramSum() / point.GetHistogramCount())} {metric.Unit} "
                + $"mean of {point.GetHistogramCount()}",
            MetricType.DoubleGauge => $"{Rounded(point.GetGaugeLastValueDouble())} {metric.Unit}",
            _ => $"{point.GetSumLong()} {metric.Unit}",
        };
        return $"{value,-28} {Kind(point)}";
    }

    // What tells the points of a metric apart; the model's name is the same on all.
    private static string Kind(in MetricPoint point)
    {
        List<string> kinds = [];
        foreach (var tag in point.Tags)
            if (tag.Key is "gen_ai.token.type" or "gen_ai.operation.name" or "skpaged.reason"
                or "skpaged.mode" or "error.type")
                kinds.Add($"{tag.Value}");
        return string.Join(", ", kinds);
    }

    private static string Rounded(double value) =>
        value.ToString("G3", CultureInfo.InvariantCulture);
}
