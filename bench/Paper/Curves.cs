namespace SkPaged.Bench.Paper;

/// <summary>Latency by request rate.</summary>
internal static class Curves
{
    /// <summary>A line for each name, at rates of its own; what never ends is left out.</summary>
    public static Chart Of(
        string title,
        IReadOnlyList<(string Name, Func<double, double> LatencyAt, IReadOnlyList<double> Rates)>
            lines,
        PaperScale scale)
    {
        var points = lines
            .SelectMany(line => line.Rates.Select(rate => (line.Name, line.LatencyAt, Rate: rate)))
            .ToList();
        var latencies = scale.Each(points, point => point.LatencyAt(point.Rate));
        return new Chart(
            title, "requests a second", "seconds a token, normalised",
            [
                .. points.Zip(latencies, (point, latency) => (point.Name, point.Rate, latency))
                    .Where(point => double.IsFinite(point.latency))
                    .GroupBy(point => point.Name)
                    .Select(line => new Line(
                        line.Key, [.. line.Select(point => (point.Rate, point.latency))])),
            ])
        {
            YMax = Load.LatencyMax,
        };
    }
}
