using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>What the paper's other figures are about, at saturation or on short traces.</summary>
internal static partial class Expectations
{
    private const double Settled = 900;

    /// <summary>
    /// Figure 13, of as many requests as the scale has seconds: who runs more at once, and ours as
    /// many as the paper's.
    /// </summary>
    public static IReadOnlyList<Expectation> OfBatches(PaperScale scale, ServingSystem ours)
    {
        ServingSystem[] systems =
            [ServingSystem.OrcaMax, ServingSystem.OrcaPow2, ServingSystem.OrcaOracle, ours];
        return
        [
            .. PaperEngine.Known.SelectMany(known =>
            {
                // As many requests of each: few long ones differ from one trace to the next. And
                // not too short a trace, of which a large part would be its beginning.
                var load = new Load(
                    Preset.Opt13B, known.Work,
                    Math.Max(Settled, scale.Seconds / known.Rate));
                var means = scale.Each(
                    systems, system => load.Until(system, known.Rate).Sequences);
                return (Expectation[])
                [
                    .. Enumerable.Range(1, means.Count - 1).Select(index => More(
                        $"{known.Work.Name}: {systems[index].Name} runs more at once",
                        means[index], means[index - 1], 1)),
                    Within(
                        $"{known.Work.Name}: ours at once", means[^1], 0.85 * known.Sequences,
                        1.15 * known.Sequences),
                ];
            }),
        ];
    }

    /// <summary>Figure 14: the more beams, the more ours gains.</summary>
    public static IReadOnlyList<Expectation> OfBeams(PaperScale scale, ServingSystem ours)
    {
        var gains = scale.Each(
            [Workload.Alpaca, Workload.Alpaca with { Beams = 6 }],
            work => Gain(work, scale, ours, ServingSystem.OrcaOracle));
        return
        [
            More("one sample: ours / Oracle", gains[0], 1, 1.1),
            More("six beams / one sample", gains[1], gains[0], 1.05),
        ];
    }

    /// <summary>Figure 16: the longer the prefix, the more ours gains.</summary>
    public static IReadOnlyList<Expectation> OfPrefixes(
        PaperScale scale, ServingSystem? ours = null)
    {
        var gains = scale.Each(
            [Workload.Translation(80), Workload.Translation(341)],
            work => Gain(work, scale, ours ?? BeyondFigure.Cached, ServingSystem.OrcaOracle));
        return
        [
            More("prefix of 80: ours / Oracle", gains[0], 1, 1.3),
            More("prefix of 341 / of 80", gains[1], gains[0], 1.3),
        ];
    }

    /// <summary>Figure 17: ours gains over all three Orcas, which are alike.</summary>
    public static IReadOnlyList<Expectation> OfChat(PaperScale scale, ServingSystem ours)
    {
        var load = new Load(Preset.Opt13B, Workload.Chat, scale.Seconds);
        var rates = scale.Each(
            [ours, ServingSystem.OrcaOracle, ServingSystem.OrcaMax], load.Answered);
        return
        [
            More("chat: ours / Oracle", rates[0], rates[1], 1.2),
            Within("chat: Oracle / Max", rates[1] / rates[2], 0.95, 1.25),
        ];
    }

    /// <summary>Figure 18: the smaller a block, the less of it is lost.</summary>
    public static IReadOnlyList<Expectation> OfBlocks(PaperScale scale)
    {
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.Seconds);
        var held = scale.Each(
            [1, 16, 64, 256],
            size => load.Saturated(ServingSystem.Paged("", config => config, size)).HeldOfTaken);
        return
        [
            Within("held / taken, blocks of 1", held[0], 1, 1),
            Within("held / taken, blocks of 16", held[1], 0.97, 0.995),
            More("held / taken, blocks of 16 / of 64", held[1], held[2], 1.02),
            More("held / taken, blocks of 64 / of 256", held[2], held[3], 1.05),
        ];
    }

    /// <summary>Figure 19: moving is dear with small blocks, computing again never is.</summary>
    public static IReadOnlyList<Expectation> OfPreemption(PaperScale scale)
    {
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.Seconds);
        var rate = BlockFigures.RateShare * load.Answered(ServingSystem.Ours);
        var latencies = scale.Each(
            [
                (PreemptionMode.Swap, 2), (PreemptionMode.Swap, 16),
                (PreemptionMode.Recompute, 2), (PreemptionMode.Recompute, 16),
            ],
            one => load.Overloaded(BlockFigures.Giving(one.Item1, one.Item2), rate)
                .NormalisedLatency);
        return
        [
            More("swap: blocks of 2 / of 16", latencies[0], latencies[1], 1.2),
            Within("recompute: blocks of 2 / of 16", latencies[2] / latencies[3], 0.8, 1.1),
            Within("recompute / swap, blocks of 16", latencies[3] / latencies[1], 0.7, 1.2),
        ];
    }

    private static double Gain(
        Workload work, PaperScale scale, ServingSystem ours, ServingSystem baseline)
    {
        var load = new Load(Preset.Opt13B, work, scale.Seconds);
        return load.Answered(ours) / load.Answered(baseline);
    }

    private static Expectation More(string what, double value, double other, double least) =>
        Within(what, value / other, least, double.PositiveInfinity);
}
