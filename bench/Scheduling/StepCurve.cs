using System.Diagnostics;
using ScottPlot;

namespace SkPaged.Bench;

/// <summary>What a steady decode step costs, by its rows, in pools of several sizes.</summary>
/// <param name="Rows">Rows of a step.</param>
/// <param name="Pools">Blocks of a pool, and the median microseconds for each of the rows.</param>
internal sealed record StepCurve(
    IReadOnlyList<int> Rows, IReadOnlyDictionary<int, double[]> Pools)
{
    private const int Steps = 400;

    private static readonly int[] s_rows = [16, 64, 128, 256, 512, 768, 1024];
    private static readonly int[] s_pools = [10_000, 100_000, 1_000_000];

    public static StepCurve Measure()
    {
        var pools = s_pools.ToDictionary(
            blocks => blocks,
            blocks => s_rows.Select(rows => Median(new SteadyDecode(rows, blocks))).ToArray());
        return new StepCurve(s_rows, pools);
    }

    /// <summary>
    /// Microseconds of each of at most so many steps, after as many as a quarter of what the pool
    /// has room for, at most 100, that are not counted.
    /// </summary>
    public static double[] Times(SteadyDecode decode, int stepsMax)
    {
        var available = decode.StepsAvailable;
        var warmup = Math.Min(100, available / 4);
        for (var step = 0; step < warmup; step++)
            decode.Step();
        var times = new double[Math.Min(stepsMax, available - warmup)];
        for (var step = 0; step < times.Length; step++)
        {
            var start = Stopwatch.GetTimestamp();
            decode.Step();
            times[step] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }

    public void Save(string file)
    {
        var plot = new Plot();
        foreach (var (blocks, medians) in Pools)
        {
            var line = plot.Add.Scatter(Rows.Select(rows => (double)rows).ToArray(), medians);
            line.LegendText = $"pool of {blocks:N0} blocks";
        }

        plot.XLabel("rows of the step");
        plot.YLabel("microseconds a step, median");
        plot.Title("A step costs what its rows cost");
        plot.ShowLegend(Alignment.UpperLeft);
        plot.Axes.SetLimitsY(0, 1.15 * Pools.Values.Max(medians => medians.Max()));
        plot.SaveSvg(file, 800, 500);
    }

    public override string ToString() =>
        string.Join(Environment.NewLine, Pools.Select(pool =>
            $"steady decode, pool of {pool.Key} blocks, us by rows: "
            + string.Join(", ", Rows.Zip(pool.Value, (rows, time) => $"{rows}: {time:F0}"))));

    private static double Median(SteadyDecode decode)
    {
        var times = Times(decode, Steps);
        Array.Sort(times);
        return times[times.Length / 2];
    }
}
