namespace SkPaged.Bench.Paper;

/// <summary>Latency by request rate, and the rates sustained (figures 12, 14, 16, 17).</summary>
internal static class RateFigures
{
    private const int Points = 8;

    private static readonly int[] s_widths = [2, 4, 6];

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
            : [
                Preset.Opt13B, Preset.Opt66B, Preset.Opt175B,
                Preset.Opt13B.AsRoofline, Preset.Opt66B.AsRoofline, Preset.Opt175B.AsRoofline,
            ];
        Load[] loads =
        [
            .. from work in (Workload[])[Workload.ShareGpt, Workload.Alpaca]
               from preset in presets
               select new Load(preset, work, scale.SecondsOf(preset)),
        ];
        return Compared("12", "latency by request rate, one sample", loads, scale, PaperOf);
    }

    // The paper gives a range over its three models, for ShareGPT; of Alpaca it says the same of
    // 13B against Oracle as a beginning of figure 14.
    private static (double Low, double High) PaperOf(Load load, ServingSystem baseline) =>
        load.Work == Workload.ShareGpt
            ? s_baselines.Where(known => known.System == baseline)
                .Select(known => (known.Low, known.High))
                .First()
            : load.Preset == Preset.Opt13B && baseline == ServingSystem.OrcaOracle
                ? (1.3, double.NaN)
                : (double.NaN, double.NaN);

    /// <summary>Several samples, and beams, of Alpaca's lengths.</summary>
    public static FigureResult Samples(PaperScale scale)
    {
        Workload[] works =
        [
            Workload.Alpaca,
            .. s_widths.Select(width => Workload.Alpaca with
            {
                Name = $"Alpaca, {width} samples", Samples = width,
            }),
            .. s_widths.Select(width => Workload.Alpaca with
            {
                Name = $"Alpaca, {width} beams", Beams = width,
            }),
        ];
        Load[] loads =
            [.. works.Select(work => new Load(Preset.Opt13B, work, scale.ShorterSeconds))];
        return Compared(
            "14", "several samples and beams, OPT-13B", loads, scale, (load, baseline) =>
                baseline != ServingSystem.OrcaOracle ? (double.NaN, double.NaN)
                : load.Work.Beams == 6 ? (2.3, double.NaN)
                : load.Work == Workload.Alpaca ? (1.3, double.NaN)
                : (double.NaN, double.NaN),
            [ServingSystem.OursSwapping, ServingSystem.OrcaOracle, ServingSystem.OrcaPow2]);
    }

    /// <summary>Prompts that begin alike. Ours shares them, as the paper's engine does.</summary>
    public static FigureResult Prefixes(PaperScale scale)
    {
        Load[] loads =
        [
            .. ((int[])[80, 341]).Select(prefix => new Load(
                Preset.Llama13B, Workload.Translation(prefix), scale.ShorterSeconds)),
        ];
        return Compared(
            "16", "translation behind one prefix, LLaMA-13B", loads, scale, (load, baseline) =>
                baseline != ServingSystem.OrcaOracle ? (double.NaN, double.NaN)
                : (load.Work.Prefix == 80 ? 1.67 : 3.58, double.NaN),
            [
                ServingSystem.Paged("SkPaged", config => config with { PrefixCaching = true }),
                ServingSystem.OrcaOracle, ServingSystem.OrcaPow2, ServingSystem.OrcaMax,
            ]);
    }

    /// <summary>Conversations.</summary>
    public static FigureResult Chat(PaperScale scale) => Compared(
        "17", "conversations, OPT-13B",
        [new Load(Preset.Opt13B, Workload.Chat, scale.Seconds)], scale,
        (_, _) => (2, double.NaN),
        [
            ServingSystem.Ours, ServingSystem.OrcaOracle, ServingSystem.OrcaPow2,
            ServingSystem.OrcaMax,
        ]);

    /// <summary>
    /// The rates that systems sustain under each load, ours against each other, and latency by rate
    /// around them.
    /// </summary>
    public static FigureResult Compared(
        string number, string title, IReadOnlyList<Load> loads, PaperScale scale,
        Func<Load, ServingSystem, (double Low, double High)> paper,
        IReadOnlyList<ServingSystem>? among = null)
    {
        var systems = among ?? ServingSystem.All;
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
