namespace SkPaged.Bench.Paper;

/// <summary>Whether something that must hold does, with the numbers.</summary>
internal sealed record Expectation(string What, bool Holds);

/// <summary>
/// What must hold of every version, whatever its figures: a scheduler that leaks, reserves too much
/// or shares nothing breaks one of these.
/// </summary>
internal static partial class Expectations
{
    /// <summary>What of the cache holds tokens at saturation, of these systems.</summary>
    /// <param name="scale">How long traces are.</param>
    /// <param name="ours">That is to be best.</param>
    /// <param name="oracle">Orca that knows each length.</param>
    /// <param name="pow2">Orca that rounds outputs up.</param>
    /// <param name="max">Orca that reserves the model's length.</param>
    public static IReadOnlyList<Expectation> OfMemory(
        PaperScale scale, ServingSystem ours, ServingSystem oracle, ServingSystem pow2,
        ServingSystem max)
    {
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.Seconds);
        var held = scale.Each(
            [ours, oracle, pow2, max], system => 100 * load.Saturated(system).Held);
        return
        [
            Within("% of the cache holds tokens, ours", held[0], 96.3, 100),
            Within("% of the cache holds tokens, Oracle", held[1], 33, 43),
            Within("% of the cache holds tokens, Pow2", held[2], 23, 32),
            Within("% of the cache holds tokens, Max", held[3], 16, 24),
        ];
    }

    /// <summary>The rates that these systems sustain, and their order.</summary>
    public static IReadOnlyList<Expectation> OfRates(
        PaperScale scale, ServingSystem ours, ServingSystem oracle, ServingSystem pow2,
        ServingSystem max)
    {
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.Seconds);
        var rates = scale.Each([ours, oracle, pow2, max], load.Sustained);
        return
        [
            Within("rate: ours / Oracle", rates[0] / rates[1], 1.7, 2.7),
            Within("rate: ours / Max", rates[0] / rates[3], 2.7, 8),
            Within("rate: Oracle / Pow2", rates[1] / rates[2], 1.1, 2),
            Within("rate: Pow2 / Max", rates[2] / rates[3], 1.1, 2),
        ];
    }

    /// <summary>Memory saved by sharing, of a system.</summary>
    public static IReadOnlyList<Expectation> OfSharing(PaperScale scale, ServingSystem ours)
    {
        var saved = scale.Each(
            [
                Workload.Alpaca with { Samples = 2 }, Workload.Alpaca with { Samples = 6 },
                Workload.Alpaca with { Beams = 2 }, Workload.Alpaca with { Beams = 6 },
            ],
            work => 100 * new Load(Preset.Opt13B, work, scale.SharingSeconds)
                .Relaxed(ours).Saved);
        return
        [
            Within("% saved, 2 samples", saved[0], 4, 12),
            Within("% saved, 6 samples", saved[1], Math.Max(4, saved[0]), 20),
            Within("% saved, 2 beams", saved[2], 25, 50),
            Within("% saved, 6 beams", saved[3], Math.Max(25, saved[2]), 85),
        ];
    }

    private static Expectation Within(string what, double value, double least, double most) =>
        new(
            FormattableString.Invariant($"{what}: {value:F2}, wanted {least:F2} to {most:F2}"),
            value >= least && value <= most);
}
