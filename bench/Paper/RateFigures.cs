namespace SkPaged.Bench.Paper;

/// <summary>Latency by request rate, and the rates sustained (figures 12, 14, 16, 17).</summary>
internal static class RateFigures
{
    private const int Points = 8;

    private static readonly (ServingSystem System, double Low, double High)[] s_baselines =
    [
        (ServingSystem.OrcaOracle, 1.7, 2.7),
        (ServingSystem.OrcaPow2, double.NaN, double.NaN),
        (ServingSystem.OrcaMax, 2.7, 8),
        (ServingSystem.FasterTransformer, double.NaN, 22),
    ];

    /// <summary>One sample of each request: three models, two data sets.</summary>
    public static FigureResult Basic(PaperScale scale)
    {
        Preset[] presets = scale.IsQuick
            ? [Preset.Opt13B]
            : [Preset.Opt13B, Preset.Opt66B, Preset.Opt175B];
        Load[] loads =
        [
            .. from work in (Workload[])[Workload.ShareGpt, Workload.Alpaca]
               from preset in presets
               select new Load(preset, work, scale.Seconds),
        ];
        return Compared(
            "12", "latency by request rate, one sample", loads, ServingSystem.All, scale,
            (load, baseline) => load.Work == Workload.ShareGpt
                ? s_baselines.First(known => known.System == baseline) is var known
                    ? (known.Low, known.High)
                    : default
                : (double.NaN, double.NaN));
    }

    /// <summary>
    /// The rates that systems sustain under each load, ours against each other, and latency by rate
    /// around them.
    /// </summary>
    public static FigureResult Compared(
        string number, string title, IReadOnlyList<Load> loads,
        IReadOnlyList<ServingSystem> systems, PaperScale scale,
        Func<Load, ServingSystem, (double Low, double High)> paper)
    {
        var cases = loads.SelectMany(load => systems.Select(system => (load, system))).ToList();
        var rates = cases.Zip(scale.Each(cases, one => one.load.Sustained(one.system)))
            .ToDictionary();
        var claims =
            from load in loads
            from baseline in systems.Skip(1)
            let known = paper(load, baseline)
            select new Claim(
                $"{load.Preset.Name}, {load.Work.Name}: {systems[0].Name} "
                    + $"{rates[(load, systems[0])]:N2} / {baseline.Name} "
                    + $"{rates[(load, baseline)]:N2} requests/s",
                rates[(load, systems[0])] / rates[(load, baseline)],
                double.IsNaN(known.Low) ? null : known.Low,
                double.IsNaN(known.High) ? null : known.High, Unit: "x");
        return new FigureResult(
            number, title, [.. claims],
            [.. loads.Select(load => ChartOf(load, systems, rates, scale))]);
    }

    private static Chart ChartOf(
        Load load, IReadOnlyList<ServingSystem> systems,
        Dictionary<(Load, ServingSystem), double> rates, PaperScale scale)
    {
        var points = systems
            .SelectMany(system => Enumerable.Range(1, Points).Select(point => (
                system, rate: rates[(load, system)] * (0.3 + 0.75 * point / Points))))
            .ToList();
        var latencies = scale.Each(
            points, point => load.At(point.system, point.rate).NormalisedLatency);
        var lines = points
            .Zip(latencies, (point, latency) => (point.system, point.rate, latency))
            .Where(point => double.IsFinite(point.latency))
            .GroupBy(point => point.system)
            .Select(line => new Line(
                line.Key.Name, [.. line.Select(point => (point.rate, point.latency))]));
        return new Chart(
            $"{load.Preset.Name}, {load.Work.Name}", "requests a second",
            "seconds a token, normalised", [.. lines])
        {
            YMax = Load.LatencyMax,
        };
    }
}
