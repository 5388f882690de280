using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// The same on real tokens: the embedded model on the CPU, every length a quarter of the paper's.
/// One run, all in turn on one machine: ratios only.
/// </summary>
internal static class RealFigure
{
    private static readonly Workload s_chats =
        new("chats", new Lengths(40.3, 1.2, 1, 256), new Lengths(84.5, 1, 1, 255))
        {
            LengthMax = RealExecutor.LengthMax,
            Vocabulary = RealExecutor.Vocabulary,
        };

    private static readonly Preset s_preset = new("embedded model", RealExecutor.Slots, new())
    {
        LengthMax = RealExecutor.LengthMax,
        Vocabulary = RealExecutor.Vocabulary,
    };

    public static FigureResult Run(PaperScale scale)
    {
        var requests = scale.IsQuick ? 80 : 160;
        return new FigureResult(
            "real", "on real tokens: embedded model, CPU",
            [
                .. Systems(requests), .. Sharing(requests / 5), .. Sizes(requests),
                .. Preemption(requests),
            ],
            []);
    }

    private static IEnumerable<Claim> Systems(int requests)
    {
        using var executor = new RealExecutor(blockSize: 16);
        Drive.Run(ServingSystem.Ours.Start(s_preset), s_chats.Burst(40), executor.Execute);
        var runs = ServingSystem.All.ToDictionary(system => system, system => Drive.Run(
            system.Start(s_preset), s_chats.Burst(requests), executor.Execute));
        (ServingSystem System, double Paper)[] held =
        [
            (ServingSystem.OrcaMax, 20.4), (ServingSystem.OrcaPow2, 26.8),
            (ServingSystem.OrcaOracle, 38.2), (ServingSystem.Ours, 96.3),
        ];
        foreach (var (system, paper) in held)
        {
            yield return new Claim(
                $"{system.Name}: % of the cache that holds tokens while any wait",
                100 * runs[system].HeldWhileFull, paper,
                Why: 100 * runs[system].HeldWhileFull >= paper ? ""
                    : system == ServingSystem.Ours
                        ? "sequences of a quarter of the length leave more of their last block"
                        : "160 requests are few: shares are of those that happen to run");
        }

        yield return new Claim(
            "SkPaged: % of the slots of blocks taken that hold tokens",
            100 * runs[ServingSystem.Ours].HeldOfTaken);
        foreach (var (system, run) in runs)
            yield return Cost(system, run);

        (ServingSystem System, double? Low, double? High)[] rates =
        [
            (ServingSystem.OrcaOracle, 1.7, 2.7), (ServingSystem.OrcaPow2, null, null),
            (ServingSystem.OrcaMax, 2.7, 8), (ServingSystem.FasterTransformer, null, 22),
        ];
        var ours = runs[ServingSystem.Ours];
        foreach (var (system, low, high) in rates)
        {
            yield return new Claim(
                $"tokens a second while any wait: SkPaged / {system.Name}"
                    + (system == ServingSystem.FasterTransformer
                        ? " (static batches)" : ""),
                ours.ThroughputWhileFull / runs[system].ThroughputWhileFull, low, high, "x",
                low > ours.ThroughputWhileFull / runs[system].ThroughputWhileFull
                    ? "of a small model on a CPU each row costs what it computes: more at once "
                        + "buy nothing"
                    : "");
        }
    }

    // What stands behind the rates: how many ran, what a step took, what was computed again.
    private static Claim Cost(ServingSystem system, RunTally run) =>
        new(
            $"{system.Name}: ms a step, of {run.Sequences:N1} sequences at once; "
                + $"{run.Preemptions} gave way, {run.TokensComputed:N0} tokens computed for "
                + $"{run.OutputTokens:N0} of output",
            1000 * run.Busy / run.Steps);

    private static IEnumerable<Claim> Sharing(int requests)
    {
        using var executor = new RealExecutor(blockSize: 16);
        (bool IsBeams, int Width)[] cases =
            [(false, 2), (false, 4), (false, 6), (true, 2), (true, 4), (true, 6)];
        foreach (var (isBeams, width) in cases)
        {
            var work = isBeams
                ? s_chats with { Beams = width }
                : s_chats with { Samples = width };
            var run = Drive.Run(
                ServingSystem.Ours.Start(s_preset), work.Burst(requests), executor.Execute);
            yield return new Claim(
                $"{width} {(isBeams ? "beams" : "samples")}: % of blocks saved by sharing",
                100 * run.Saved, isBeams ? 44.3 : 16.2, isBeams ? 66.3 : 30.5,
                Why: 100 * run.Saved >= (isBeams ? 44.3 : 16.2)
                    ? ""
                    : "prompts of a quarter of the length have fewer full blocks to share");
        }
    }

    private static IEnumerable<Claim> Sizes(int requests)
    {
        var rates = new Dictionary<int, double>();
        foreach (var size in (int[])[16, 1, 4, 64, 256])
        {
            using var executor = new RealExecutor(size);
            var system = ServingSystem.Paged("", config => config, size);
            Drive.Run(system.Start(s_preset), s_chats.Burst(40), executor.Execute);
            rates[size] = Drive.Run(
                system.Start(s_preset), s_chats.Burst(requests), executor.Execute).Throughput;
        }

        return rates.OrderBy(rate => rate.Key).Select(rate => new Claim(
            $"blocks of {rate.Key}: tokens a second / of 16", rate.Value / rates[16]));
    }

    // A quarter of the cache: many give way.
    private static IEnumerable<Claim> Preemption(int requests)
    {
        foreach (var size in (int[])[4, 16, 64])
        {
            using var executor = new RealExecutor(size);
            var runs = ((PreemptionMode[])[PreemptionMode.Recompute, PreemptionMode.Swap])
                .Select(mode => Drive.Run(
                    BlockFigures.Giving(mode, size).Start(s_preset with { Slots = 1024 }),
                    s_chats.Burst(requests), executor.Execute))
                .ToList();
            yield return new Claim(
                $"blocks of {size}, {runs[0].Preemptions} and {runs[1].Preemptions} gave way: "
                    + "tokens a second, recompute / swap",
                runs[0].Throughput / runs[1].Throughput);
        }
    }
}
