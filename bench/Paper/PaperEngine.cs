using System.Globalization;

namespace SkPaged.Bench.Paper;

/// <summary>
/// What a step of the paper's engine took beside its memory and its products: a constant and so
/// much a row. Of two unknowns two figures of the paper tell: how many requests ran at once on
/// average (figure 13). The constants are those with which the simulation gives both.
/// </summary>
internal static class PaperEngine
{
    // By `paper --constants`: an hour's traces, mean of three seeds.
    public const double Step = 2.286e-3;
    public const double Row = 3.175e-4;

    private const int Rounds = 10;

    private static readonly int[] s_seeds = [1, 2, 3];

    /// <summary>The paper's figure 13: at so many requests a second so many ran.</summary>
    public static IReadOnlyList<(Workload Work, double Rate, double Sequences)> Known { get; } =
        [(Workload.ShareGpt, 2, 30.42), (Workload.Alpaca, 30, 132.44)];

    /// <summary>
    /// Finds the constants. By Little's law a step takes sequences / tokens a second; what of it
    /// memory and products explain is what a simulated step takes without the constants.
    /// </summary>
    public static void Solve(PaperScale scale, TextWriter writer)
    {
        var cost = Preset.Opt13B.Cost with { Step = 4e-3, Row = 3e-4 };
        for (var round = 0; round < Rounds; round++)
        {
            var preset = Preset.Opt13B with { Cost = cost };
            var means = Known.Select(known => Simulated(preset, known, scale)).ToList();
            writer.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"step {1e3 * cost.Step:F3} ms, row {1e3 * cost.Row:F4} ms: "
                    + $"{means[0].Sequences:F2} and {means[1].Sequences:F2} at once, wanted "
                    + $"{Known[0].Sequences:F2} and {Known[1].Sequences:F2}"));
            var beside = Known.Zip(means, (known, mean) => (
                known.Sequences,
                Seconds: known.Sequences / mean.Rate
                    - (mean.Sequences / mean.Rate - cost.Step - cost.Row * mean.Sequences)))
                .ToList();
            var row = (beside[1].Seconds - beside[0].Seconds)
                / (beside[1].Sequences - beside[0].Sequences);
            // Half the way: whole steps run past, since near what is sustained at all a little
            // more time a row is many more sequences.
            cost = cost with
            {
                Step = 0.5 * (cost.Step + beside[0].Seconds - row * beside[0].Sequences),
                Row = 0.5 * (cost.Row + row),
            };
        }
    }

    // Sequences at once, and tokens of output a second.
    private static (double Sequences, double Rate) Simulated(
        Preset preset, (Workload Work, double Rate, double Sequences) known, PaperScale scale)
    {
        var runs = scale.Each(s_seeds, seed => new Load(preset, known.Work, scale.Seconds)
        {
            Seed = seed,
        }.Until(ServingSystem.Ours, known.Rate));
        return (
            runs.Average(run => run.Sequences),
            runs.Average(run => run.OutputTokens / run.Seconds));
    }
}
