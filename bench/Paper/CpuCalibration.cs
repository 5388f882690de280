namespace SkPaged.Bench.Paper;

/// <summary>
/// Measures steps of the real executor and fits the cost model to them; half of the shapes test
/// what the other half gave.
/// </summary>
internal static class CpuCalibration
{
    private const int BlockSize = 16;
    private const int Slots = 40_000;
    private const int Rounds = 8;

    public static void Run(TextWriter writer)
    {
        var steps = Measure();
        var (even, odd) = (
            steps.Index().Where(step => step.Index % 2 == 0).Select(step => step.Item).ToList(),
            steps.Index().Where(step => step.Index % 2 == 1).Select(step => step.Item).ToList());
        var half = CostFit.Of(even);
        var held = CostFit.Test(half.Model, odd);
        writer.WriteLine($"CPU, embedded model, {steps.Count} shapes: {CostFit.Of(steps)}");
        writer.WriteLine($"  fitted to every second shape: error {half.MeanError:P1}, "
            + $"{half.MaxError:P1} at most; of the others {held.MeanError:P1}, "
            + $"{held.MaxError:P1} at most");
        writer.WriteLine($"H200, Llama-3.1-8B, {H200Steps.All.Count} shapes of "
            + $"docs/measurements.md: {CostFit.Of(H200Steps.All)}");
    }

    // Shapes take turns, so that whatever else the machine does meets them alike: medians.
    private static List<MeasuredStep> Measure()
    {
        using var executor = new RealExecutor(BlockSize, Slots);
        var plans = Shapes().Select(rows => RealExecutor.PlanOf(BlockSize, rows)).ToList();
        var seconds = plans.Select(_ => new List<double>()).ToList();
        for (var round = 0; round < Rounds; round++)
        {
            for (var index = 0; index < plans.Count; index++)
                seconds[index].Add(executor.Execute(plans[index]).Seconds);
        }

        return
        [
            .. plans.Zip(seconds, (plan, taken) => new MeasuredStep(
                CostModel.Shape.Of(plan), Spread.Of(taken.Skip(2)).Median)),
        ];
    }

    // Decode by rows and context, prompts by length and number, chunks behind a context, and
    // prompts beside rows that decode.
    private static IEnumerable<IReadOnlyList<(int First, int Count)>> Shapes()
    {
        foreach (var rows in (int[])[1, 4, 16, 64])
        {
            foreach (var context in (int[])[31, 255, 500])
                yield return Of(rows, context, 1);
        }

        foreach (var rows in (int[])[1, 3])
        {
            foreach (var tokens in (int[])[16, 128, 300, 500])
                yield return Of(rows, 0, tokens);
        }

        foreach (var tokens in (int[])[32, 200])
        {
            yield return Of(1, 250, tokens);
            yield return [.. Of(16, 200, 1), .. Of(1, 0, tokens)];
            yield return [.. Of(32, 100, 1), .. Of(2, 0, tokens)];
        }
    }

    private static IReadOnlyList<(int First, int Count)> Of(int rows, int first, int count) =>
        [.. Enumerable.Repeat((first, count), rows)];
}
