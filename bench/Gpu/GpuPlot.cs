using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace SkPaged.Bench;

/// <summary>
/// Decode steps by batch, a line for each context: tokens a second, and the share of the memory's
/// bandwidth. On white with dark text, so that it reads the same on pages of any colour.
/// </summary>
internal static class GpuPlot
{
    private const int Width = 1000, Height = 450;

    public static void Save(GpuReport report, string file)
    {
        if (report.Decode is not { Count: > 0 } points)
            throw new ArgumentException("There is no plot without decode steps.");
        var all = new Multiplot();
        all.AddPlots(2);
        all.Layout = new ScottPlot.MultiplotLayouts.Columns();
        Draw(
            all.GetPlot(0), points, "output tokens a second", log: true,
            point => point.TokensPerSecond);
        Draw(
            all.GetPlot(1), points, "share of a copy's bandwidth, %", log: false,
            point => 100 * point.Mbu);
        all.GetPlot(0).Title($"{report.Shape}, {report.DType}: tokens a second");
        all.GetPlot(1).Title($"{report.Device}: bandwidth");
        if (Path.GetExtension(file) == ".png")
        {
            all.SavePng(file, Width, Height);
            return;
        }
        using var stream = File.Create(file);
        using var canvas = SKSvgCanvas.Create(new SKRect(0, 0, Width, Height), stream);
        all.Render(canvas, new PixelRect(0, Width, Height, 0));
    }

    private static void Draw(
        Plot plot, IReadOnlyList<DecodePoint> points, string label, bool log,
        Func<DecodePoint, double> value)
    {
        foreach (var context in points.GroupBy(point => point.Context))
        {
            var line = plot.Add.Scatter(
                context.Select(point => Math.Log2(point.Batch)).ToArray(),
                context.Select(point => log ? Math.Log10(value(point)) : value(point)).ToArray());
            line.LegendText = $"context {context.Key:N0}";
            line.LineWidth = 2;
        }
        plot.Axes.Bottom.TickGenerator = new NumericManual(
            points.Select(point => point.Batch).Distinct()
                .Select(batch => new Tick(Math.Log2(batch), $"{batch}")).ToArray());
        if (log)
            plot.Axes.Left.TickGenerator = Decades(points.Select(value));
        else
            plot.Axes.SetLimitsY(0, 100);
        plot.XLabel("sequences that decode at once");
        plot.YLabel(label);
        plot.ShowLegend(log ? Alignment.UpperLeft : Alignment.LowerRight);
    }

    // 1, 2 and 5 of each power of ten.
    private static NumericManual Decades(IEnumerable<double> values)
    {
        var (least, most) = (Math.Log10(values.Min()), Math.Log10(values.Max()));
        return new NumericManual(
        [
            .. from power in Enumerable.Range((int)least, (int)most - (int)least + 2)
               from digit in (int[])[1, 2, 5]
               let tick = digit * Math.Pow(10, power)
               where Math.Log10(tick) >= least - 0.5 && Math.Log10(tick) <= most + 0.5
               select new Tick(Math.Log10(tick), $"{tick:N0}"),
        ]);
    }
}
