namespace SkPaged.Bench.Paper;

/// <summary>Blocks saved by sharing / blocks without it, over time (figure 15).</summary>
internal static class SharingFigure
{
    private const string Apart =
        "candidates are simulated, and how long they go on side by side was chosen on one seed";

    private static readonly (Workload Work, bool IsBeams, int Width, double Low, double High)[]
        s_cases =
        [
            (Workload.Alpaca, false, 2, 6.09, double.NaN),
            (Workload.Alpaca, false, 4, 8.53, double.NaN),
            (Workload.Alpaca, false, 6, 9.79, double.NaN),
            (Workload.Alpaca, true, 2, 37.56, double.NaN),
            (Workload.Alpaca, true, 4, 53.13, double.NaN),
            (Workload.Alpaca, true, 6, 55.16, double.NaN),
            (Workload.ShareGpt, false, 2, 16.2, 30.5),
            (Workload.ShareGpt, false, 4, 16.2, 30.5),
            (Workload.ShareGpt, false, 6, 16.2, 30.5),
            (Workload.ShareGpt, true, 2, 44.3, 66.3),
            (Workload.ShareGpt, true, 4, 44.3, 66.3),
            (Workload.ShareGpt, true, 6, 44.3, 66.3),
        ];

    private const string Fewer =
        "only full blocks of prompts are shared, and how the paper's prompts spread is not known";

    private const string Longer =
        "simulated candidates let one beam take over the others sooner than a model's";

    private const int RequestsPerSeed = 500;

    private static readonly double[] s_sharpnesses = [1, 6, 12, 24];

    public static FigureResult Run(PaperScale scale)
    {
        var saved = scale.Each(s_cases, one => Saved(one.Work, one.IsBeams, one.Width, scale));
        var sensitive = scale.Each(s_sharpnesses, sharpness =>
            Saved(Workload.Alpaca, true, 4, scale, sharpness));
        return new FigureResult(
            "15", "memory saved by sharing, OPT-13B",
            [
                .. s_cases.Zip(saved, (one, shares) => Claim.Of(
                    $"{one.Work.Name}, {one.Width} {(one.IsBeams ? "beams" : "samples")}",
                    shares, one.Low, double.IsNaN(one.High) ? null : one.High, " %",
                    shares.Average() < one.Low ? one.IsBeams ? Apart : Fewer
                        : one.IsBeams && shares.Average() > 1.05 * one.High ? Longer : "")),
                .. s_sharpnesses.Zip(sensitive, (sharpness, shares) => Claim.Of(
                    $"Alpaca, 4 beams, logits of standard deviation {sharpness}", shares,
                    53.13, unit: " %")),
            ],
            [
                .. ((Workload[])[Workload.Alpaca, Workload.ShareGpt]).Select(work => new Chart(
                    $"{work.Name}: saved by sharing", "", "% of the blocks",
                    [
                        new Line("SkPaged", [.. s_cases.Zip(saved, (one, share) => (one, share))
                            .Where(pair => pair.one.Work == work)
                            .Select((pair, place) => ((double)place, pair.share.Average()))]),
                    ])
                {
                    Names =
                    [
                        .. s_cases.Where(one => one.Work == work).Select(one =>
                            $"{one.Width} {(one.IsBeams ? "beams" : "samples")}"),
                    ],
                }),
            ]);
    }

    /// <summary>
    /// Of our scheduler where nobody has to give way, %: one of each seed.
    /// </summary>
    public static IReadOnlyList<double> Saved(
        Workload work, bool isBeams, int width, PaperScale scale,
        double sharpness = SimulatedExecutor.SharpnessDefault)
    {
        var load = new Load(
            Preset.Opt13B,
            isBeams ? work with { Beams = width } : work with { Samples = width },
            scale.ShorterSeconds)
        {
            Sharpness = sharpness,
        };
        return
        [
            .. load.Relaxed(
                ServingSystem.OursSwapping, RequestsPerSeed,
                scale.IsQuick ? [1] : [1, 2, 3, 4]).Select(run => 100 * run.Saved),
        ];
    }
}
