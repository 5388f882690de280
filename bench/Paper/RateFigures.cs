namespace SkPaged.Bench.Paper;

/// <summary>Latency by request rate, and the rates sustained (figures 12, 14, 16, 17).</summary>
internal static class RateFigures
{
    private static readonly double[] s_shares = [0.3, 0.7];

    private static readonly int[] s_widths = [2, 4, 6];

    private static readonly (ServingSystem System, double Low, double High)[] s_baselines =
    [
        (ServingSystem.OrcaOracle, 1.7, 2.7),
        (ServingSystem.OrcaMax, 2.7, 8),
    ];

    /// <summary>One sample of each request: three models, two data sets.</summary>
    public static FigureResult Basic(PaperScale scale)
    {
        Preset[] presets =
            scale.IsQuick ? [Preset.Opt13B] : [Preset.Opt13B, Preset.Opt66B, Preset.Opt175B];
        Load[] loads =
        [
            .. from work in (Workload[])[Workload.ShareGpt, Workload.Alpaca]
               from preset in presets
               select new Load(preset, work, scale.SecondsOf(preset, work)),
            .. from preset in presets
               where !scale.IsQuick
               select new Load(preset.AsRoofline, Workload.ShareGpt, scale.ShorterSeconds),
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
               select new Load(preset, Workload.Translation(prefix), scale.ShorterSeconds),
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
            new Load(Preset.Opt13B, Workload.Chat, scale.Seconds),
            new Load(Preset.Opt13B.AsRoofline, Workload.Chat, scale.Seconds),
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
        var rates = Rates(loads, systems, scale);
        var claims =
            from load in loads
            from baseline in systems.Skip(1)
            where rates.ContainsKey((load, baseline))
            let known = paper(load, baseline)
            let mine = Of(load, systems[0])
            let theirs = Of(load, baseline)
            let ratios = mine.Zip(theirs, (one, other) => one.Rate / other.Rate).ToList()
            select Claim.Of(
                $"{load.Preset.Name}, {load.Work.Name}, {load.Seconds:N0} s: {systems[0].Name} "
                    + $"{mine.Average(one => one.Rate):N2} / {baseline.Name} "
                    + $"{theirs.Average(one => one.Rate):N2} requests/s",
                ratios, known.Low, known.High, "x",
                ratios.Average() < known.Low
                    ? Why(load.Preset, mine[0].Saturated, theirs[0].Saturated)
                    : "");
        return new FigureResult(
            number, title, [.. claims],
            [
                .. loads.Where(load => !load.Preset.IsRoofline)
                    .Select(load => ChartOf(load, systems, system => Of(load, system)[0], scale)),
            ]);

        IReadOnlyList<RateSearch> Of(Load load, ServingSystem system) =>
            rates[(load, system)];
    }

    // Of what is told most of, over several seeds; without the constants for the main pairs alone.
    private static Dictionary<(Load, ServingSystem), IReadOnlyList<RateSearch>> Rates(
        IReadOnlyList<Load> loads, IReadOnlyList<ServingSystem> systems, PaperScale scale)
    {
        var cases =
            (from load in loads
             from system in systems
             where !load.Preset.IsRoofline || IsTold(system, systems)
             from seed in IsVaried(load) && IsTold(system, systems) ? scale.Seeds : [1]
             select (load, system, seed)).ToList();
        var rates = scale.Each(cases, one =>
            (one.load with { Seed = one.seed }).Searched(one.system));
        return cases.Zip(rates, (one, rate) => (one, rate))
            .GroupBy(pair => (pair.one.load, pair.one.system), pair => pair.rate)
            .ToDictionary(
                group => group.Key,
                group => (IReadOnlyList<RateSearch>)[.. group]);
    }

    private static bool IsVaried(Load load) =>
        load.Preset == Preset.Opt13B
        && (load.Work == Workload.ShareGpt || load.Work == Workload.Chat);

    private static bool IsTold(ServingSystem system, IReadOnlyList<ServingSystem> systems) =>
        system == systems[0] || system == ServingSystem.OrcaOracle
        || system == ServingSystem.OrcaMax;

    // What a system gains by running more at once is what steps do not lose by it.
    private static string Why(Preset preset, RunTally mine, RunTally theirs) =>
        $"{mine.Sequences:N0} run at once for {theirs.Sequences:N0}, but a step takes "
            + $"{1000 * mine.Busy / mine.Steps:N0} ms for {1000 * theirs.Busy / theirs.Steps:N0}"
            + (preset.IsRoofline
                ? ""
                : $", {1000 * preset.Cost.Row * (mine.Sequences - theirs.Sequences):N0} of them "
                    + "by what the paper's engine took for each row");

    // The rates that were tried, and some below.
    private static Chart ChartOf(
        Load load, IReadOnlyList<ServingSystem> systems, Func<ServingSystem, RateSearch> searched,
        PaperScale scale)
    {
        var low = Curves.Of(
            $"{load.Preset.Name}, {load.Work.Name}",
            [
                .. systems.Select(system => (
                    system.Name,
                    (Func<double, double>)(rate => load.At(system, rate).NormalisedLatency),
                    (IReadOnlyList<double>)[.. s_shares.Select(share =>
                        share * searched(system).Rate)])),
            ],
            scale);
        return low with
        {
            Lines =
            [
                .. low.Lines.Zip(systems, (line, system) => line with
                {
                    Points =
                    [
                        .. line.Points.Concat(searched(system).Tried)
                            .Where(point => double.IsFinite(point.Item2)).Order(),
                    ],
                }),
            ],
        };
    }
}
