namespace SkPaged.Bench.Paper;

/// <summary>Latency by request rate, and the rates sustained (figures 12, 14, 16, 17).</summary>
internal static class RateFigures
{
    private const int Points = 6;

    private static readonly int[] s_widths = [2, 4, 6];

    private static readonly (ServingSystem System, double Low, double High)[] s_baselines =
    [
        (ServingSystem.OrcaOracle, 1.7, 2.7),
        (ServingSystem.OrcaMax, 2.7, 8),
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
               select new Load(preset, work, scale.SecondsOf(preset, work)),
        ];
        return Compared("12", "latency by request rate, one sample", loads, scale, PaperOf);
    }

    // The paper gives a range over its three models, for ShareGPT; of Alpaca it says one of 13B
    // against Oracle, as the beginning of figure 14.
    private static (double? Low, double? High) PaperOf(Load load, ServingSystem baseline) =>
        load.Work == Workload.ShareGpt
            ? s_baselines.Where(known => known.System == baseline)
                .Select(known => ((double?)known.Low, (double?)known.High))
                .FirstOrDefault()
            : load.Preset == Preset.Opt13B && baseline == ServingSystem.OrcaOracle
                ? (1.3, null)
                : default;

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
            [.. works.Select(work => new Load(Preset.Opt13B, work, scale.SharingSeconds))];
        return Compared(
            "14", "several samples and beams, OPT-13B", loads, scale, (load, baseline) =>
                baseline != ServingSystem.OrcaOracle ? default
                : load.Work.Beams == 6 ? (2.3, null)
                : load.Work == Workload.Alpaca ? (1.3, null)
                : default,
            [ServingSystem.OursSwapping, ServingSystem.OrcaOracle, ServingSystem.OrcaPow2]);
    }

    /// <summary>Prompts that begin alike. Ours shares them, as the paper's engine does.</summary>
    public static FigureResult Prefixes(PaperScale scale)
    {
        Load[] loads =
        [
            .. from preset in (Preset[])[Preset.Llama13B, Preset.Llama13B.AsRoofline]
               from prefix in (int[])[80, 341]
               select new Load(preset, Workload.Translation(prefix), scale.SharingSeconds),
        ];
        return Compared(
            "16", "translation behind one prefix, LLaMA-13B", loads, scale, (load, baseline) =>
                baseline != ServingSystem.OrcaOracle ? default
                : (load.Work.Prefix == 80 ? 1.67 : 3.58, null),
            [
                ServingSystem.Paged("SkPaged", config => config with { PrefixCaching = true }),
                ServingSystem.OrcaOracle, ServingSystem.OrcaPow2, ServingSystem.OrcaMax,
            ]);
    }

    /// <summary>Conversations.</summary>
    public static FigureResult Chat(PaperScale scale) => Compared(
        "17", "conversations, OPT-13B",
        [
            new Load(Preset.Opt13B, Workload.Chat, scale.ShorterSeconds),
            new Load(Preset.Opt13B.AsRoofline, Workload.Chat, scale.ShorterSeconds),
        ],
        scale, (_, _) => (2, null),
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
        Func<Load, ServingSystem, (double? Low, double? High)> paper,
        IReadOnlyList<ServingSystem>? among = null)
    {
        var systems = among ?? ServingSystem.All;
        var cases = loads.SelectMany(load => systems.Select(system => (load, system))).ToList();
        var rates = cases.Zip(scale.Each(cases, one => one.load.SustainedWith(one.system)))
            .ToDictionary();
        var claims =
            from load in loads
            from baseline in systems.Skip(1)
            let known = paper(load, baseline)
            let mine = rates[(load, systems[0])]
            let theirs = rates[(load, baseline)]
            select new Claim(
                $"{load.Preset.Name}, {load.Work.Name}: {systems[0].Name} {mine.Rate:N2} / "
                    + $"{baseline.Name} {theirs.Rate:N2} requests/s",
                mine.Rate / theirs.Rate, known.Low, known.High, "x",
                mine.Rate / theirs.Rate < known.Low
                    ? Why(load.Preset, mine.Saturated, theirs.Saturated)
                    : "");
        return new FigureResult(
            number, title, [.. claims],
            [
                .. loads.Where(load => !load.Preset.IsRoofline)
                    .Select(load => ChartOf(load, systems, rates, scale)),
            ]);
    }

    // What a system gains by running more at once is what steps do not lose by it.
    private static string Why(Preset preset, RunTally mine, RunTally theirs) =>
        $"{mine.Sequences:N0} run at once for {theirs.Sequences:N0}, but a step takes "
            + $"{1000 * mine.Busy / mine.Steps:N0} ms for {1000 * theirs.Busy / theirs.Steps:N0}"
            + (preset.IsRoofline
                ? ""
                : $", {1000 * preset.Cost.Row * (mine.Sequences - theirs.Sequences):N0} of them "
                    + "by what the paper's engine took for each row");

    private static Chart ChartOf(
        Load load, IReadOnlyList<ServingSystem> systems,
        Dictionary<(Load, ServingSystem), (double Rate, RunTally Saturated)> rates,
        PaperScale scale)
    {
        var points = systems
            .SelectMany(system => Enumerable.Range(1, Points).Select(point => (
                system, rate: rates[(load, system)].Rate * (0.3 + 0.75 * point / Points))))
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
