using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>By block size: latency, and what it costs to give way (figures 18 and 19).</summary>
internal static class BlockFigures
{
    private static readonly int[] s_sizes = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    // Of what blocks of 16 answer at saturation: most of the memory is held, and no queue grows.
    public const double RateShare = 0.9;

    /// <summary>
    /// Latency at one rate by block size. The cost of a step does not depend on the size, so this
    /// shows what the memory's management does to it, and not the kernel.
    /// </summary>
    public static FigureResult Sizes(PaperScale scale)
    {
        Load[] loads =
        [
            new(Preset.Opt13B, Workload.ShareGpt, scale.ShorterSeconds),
            new(Preset.Opt13B, Workload.Alpaca, scale.ShorterSeconds),
        ];
        var rates = scale.Each(loads, load => RateShare * load.Answered(ServingSystem.Ours));
        var cases = loads.Zip(rates, (load, rate) => (load, rate))
            .SelectMany(pair => s_sizes.Select(size => (
                Load: pair.load, Rate: pair.rate, Size: size)))
            .ToList();
        var runs = scale.Each(cases, one =>
        {
            var system = ServingSystem.Paged("", config => config, one.Size);
            return (
                Latency: one.Load.At(system, one.Rate).NormalisedLatency,
                Held: one.Load.Saturated(system).HeldOfTaken);
        });
        var results = cases
            .Zip(runs, (one, run) => (one.Load, one.Rate, one.Size, run.Latency, run.Held))
            .ToList();
        return new FigureResult(
            "18", "block size, OPT-13B",
            [
                .. results.Select(one => new Claim(
                    $"{one.Load.Work.Name}, {one.Load.Seconds:N0} s at {one.Rate:N2} requests/s, "
                        + $"blocks of {one.Size}: seconds a token / of 16",
                    Claim.ShareOf(one.Latency, results.First(
                        other => other.Load == one.Load && other.Size == 16).Latency))
                {
                    Said = one.Load.Work == Workload.ShareGpt
                        ? "16 to 128 are best"
                        : "16 and 32 are good, larger ones much worse",
                }),
                .. results.Select(one => new Claim(
                    $"{one.Load.Work.Name}, blocks of {one.Size}: tokens / slots taken",
                    100 * one.Held, Unit: " %")),
            ],
            [
                ChartOf("latency at one rate", "seconds a token, normalised", one => one.Latency),
                ChartOf("tokens in blocks taken", "% of the slots", one => 100 * one.Held),
            ]);

        Chart ChartOf(
            string title, string y,
            Func<(Load Load, double Rate, int Size, double Latency, double Held), double> value) =>
            new(
            title, "tokens a block holds", y,
            [
                .. results.Where(one => double.IsFinite(value(one))).GroupBy(one => one.Load)
                    .Select(line => new Line(
                        line.Key.Work.Name,
                        [.. line.Select(one => ((double)one.Size, value(one)))])),
            ])
            {
                IsLog = true,
            };
    }

    /// <summary>
    /// Of one sequence of 256 tokens, and of a whole load where many give way: moving its blocks to
    /// the host and back, or computing them again.
    /// </summary>
    public static FigureResult Preemption(PaperScale scale)
    {
        const int Tokens = 256;
        var load = new Load(Preset.Opt13B, Workload.ShareGpt, scale.ShorterSeconds);
        var rate = RateShare * load.Answered(ServingSystem.Ours);
        var latencies = scale.Each(
            s_sizes.SelectMany(size => ((PreemptionMode[])
                [PreemptionMode.Swap, PreemptionMode.Recompute]).Select(mode => (size, mode)))
                .ToList(),
            one => load.At(Giving(one.mode, one.size), rate).NormalisedLatency);
        var cost = load.Preset.Cost;
        var again = cost.Token * Tokens + cost.Pair * 0.5 * Tokens * Tokens;
        var swaps = s_sizes
            .Select(size => BlockTable.BlocksFor(Tokens, size))
            .Select(blocks => 2 * (blocks * cost.SwapBlock + Tokens * cost.SwapToken))
            .ToList();
        return new FigureResult(
            "19", "recompute and swap by block size, OPT-13B",
            [
                .. s_sizes.Zip(swaps, (size, swap) => new Claim(
                    $"{Tokens} tokens, blocks of {size}: computing again / moving out and in",
                    again / swap)
                {
                    Said = "at most 1.2",
                }),
                .. s_sizes.Select((size, index) => new Claim(
                    $"ShareGPT, {load.Seconds:N0} s, blocks of {size}: seconds a token, "
                        + "recompute / swap",
                    Claim.ShareOf(latencies[2 * index + 1], latencies[2 * index]))
                {
                    Said = size is >= 16 and <= 64 ? "comparable" : "",
                }),
            ],
            [
                new Chart(
                    $"one sequence of {Tokens} tokens", "tokens a block holds", "milliseconds",
                    [
                        new Line("recompute", [.. s_sizes.Select(size => (
                            (double)size, 1000 * again))]),
                        new Line("swap, out and in", [.. s_sizes.Zip(swaps, (size, swap) => (
                            (double)size, 1000 * swap))]),
                    ])
                {
                    IsLog = true,
                },
                new Chart(
                    "ShareGPT", "tokens a block holds", "seconds a token, normalised",
                    [LineOf("recompute", 1), LineOf("swap", 0)])
                {
                    IsLog = true,
                },
            ]);

        Line LineOf(string name, int offset) => new(
            name,
            [
                .. s_sizes.Select((size, index) => ((double)size, latencies[2 * index + offset]))
                    .Where(point => double.IsFinite(point.Item2)),
            ]);
    }

    /// <summary>Ours, with those that give way moved to the host or computed again.</summary>
    public static ServingSystem Giving(PreemptionMode mode, int blockSize) =>
        ServingSystem.Paged(
            $"{mode}",
            config => config with
            {
                PreemptionMode = mode,
                HostBlocksTotal = mode == PreemptionMode.Swap ? config.BlocksTotal : 0,
            },
            blockSize);
}
