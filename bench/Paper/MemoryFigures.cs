using System.Diagnostics;

namespace SkPaged.Bench.Paper;

/// <summary>What of the cache holds tokens, and how many run at once (figures 2 and 13).</summary>
internal static class MemoryFigures
{
    private static readonly ServingSystem[] s_systems =
    [
        ServingSystem.OrcaMax, ServingSystem.OrcaPow2, ServingSystem.OrcaOracle, ServingSystem.Ours,
    ];

    /// <summary>Shares of the cache at saturation. The paper's are its figure 2.</summary>
    public static FigureResult Utilisation(PaperScale scale)
    {
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.Seconds);
        var runs = scale.Each(s_systems, load.Saturated);
        (string What, Func<RunTally, double> Share, double[] Paper)[] parts =
        [
            ("holds tokens", run => run.Held, [20.4, 26.8, 38.2, 96.3]),
            ("reserved for later tokens", run => run.Future, [13.3, 17.9, 25.2, double.NaN]),
        ];
        var claims =
            from part in parts
            from system in s_systems.Index()
            select new Claim(
                $"{system.Item.Name}: {part.What}", 100 * part.Share(runs[system.Index]),
                double.IsNaN(part.Paper[system.Index]) ? null : part.Paper[system.Index],
                Unit: " %",
                Why: 100 * part.Share(runs[system.Index]) < 0.99 * part.Paper[system.Index]
                    ? Lengths(runs[system.Index]) : "");
        var chart = new Chart("KV cache, OPT-13B, ShareGPT, saturated", "", "% of the slots",
        [
            PartOf("tokens", run => run.Held),
            PartOf("reserved", run => run.Future),
            PartOf("never used", run => run.Internal),
            PartOf("nobody's, or rounding", run => run.Other),
        ])
        {
            Names = [.. s_systems.Select(system => system.Name)],
            YMax = 105,
        };
        return new FigureResult(
            "2", "what the KV cache holds",
            [
                .. claims,
                new Claim("SkPaged: tokens / slots of blocks taken", 100 * runs[^1].HeldOfTaken,
                    96.3, Unit: " %"),
            ],
            [chart]);

        static string Lengths(RunTally run) => FormattableString.Invariant(
            $"{run.Sequences:N2} ran at once; how lengths spread is read off Orca (Max) alone");

        Line PartOf(string name, Func<RunTally, double> share) =>
            new(name, [.. runs.Select((run, place) => ((double)place, 100 * share(run)))]);
    }

    /// <summary>Sequences at once, at the rates of the paper's figure 13.</summary>
    public static FigureResult Batched(PaperScale scale)
    {
        (Workload Work, double Rate, double[] Paper)[] loads =
        [
            (Workload.ShareGpt, 2, [7.00, 9.81, 13.62, 30.42]),
            (Workload.Alpaca, 30, [7.00, 43.24, 72.75, 132.44]),
        ];
        var cases = loads.SelectMany(load => s_systems.Select((system, place) => (
            load.Work, load.Rate, System: system, Paper: load.Paper[place]))).ToList();
        var runs = scale.Each(cases, one =>
        {
            var watch = Stopwatch.StartNew();
            var sequences = scale.Seeds.Select(seed =>
                new Load(Preset.Opt13B, one.Work, scale.Seconds) { Seed = seed }
                    .Until(one.System, one.Rate).Sequences).ToList();
            return (
                Sequences: sequences,
                Seconds: watch.Elapsed.TotalSeconds / scale.Seeds.Count);
        });
        return new FigureResult(
            "13", "sequences that run at once, OPT-13B",
            [
                .. cases.Zip(runs, (one, run) => Claim.Of(
                    $"{one.Work.Name}, {one.Rate} requests/s: {one.System.Name}", run.Sequences,
                    one.Paper,
                    why: one.System == ServingSystem.Ours
                        ? "what a step takes was fitted to this (paper --constants)"
                        : Math.Abs(run.Sequences.Average() / one.Paper - 1) > 0.02
                            ? "how the lengths spread is not known"
                            : "")),
                new Claim(
                    $"seconds to simulate {scale.Seconds:N0} s, the slowest, {scale.Threads} at "
                        + "once",
                    runs.Max(run => run.Seconds)),
            ],
            [
                .. loads.Select(load => new Chart(
                    $"{load.Work.Name}, {load.Rate} requests/s", "", "sequences at once",
                    [.. ((string[])["here", "the paper"]).Select((name, place) => new Line(
                        name,
                        [
                            .. cases.Zip(runs, (one, run) => (one, run))
                                .Where(pair => pair.one.Work == load.Work)
                                .Select((pair, index) => ((double)index, place == 0
                                    ? pair.run.Sequences.Average()
                                    : pair.one.Paper)),
                        ]))])
                {
                    Names = [.. s_systems.Select(system => system.Name)],
                    IsBeside = true,
                }),
            ]);
    }
}
