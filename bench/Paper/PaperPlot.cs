using ScottPlot;
using ScottPlot.TickGenerators;
using SkiaSharp;

namespace SkPaged.Bench.Paper;

/// <summary>
/// A figure's charts beside each other, as SVG. On white with dark text, so that they read the same
/// on pages of any colour; colours are those of Okabe and Ito, which all eyes tell apart.
/// </summary>
internal static class PaperPlot
{
    private const int Width = 600, Height = 380, Columns = 2;

    private static readonly Color[] s_colors =
    [
        Color.FromHex("#0072B2"), Color.FromHex("#E69F00"), Color.FromHex("#009E73"),
        Color.FromHex("#CC79A7"), Color.FromHex("#56B4E9"), Color.FromHex("#D55E00"),
        Color.FromHex("#666666"),
    ];

    public static void Save(FigureResult figure, string folder)
    {
        if (figure.Charts.Count == 0)
            return;
        var columns = Math.Min(Columns, figure.Charts.Count);
        var rows = (figure.Charts.Count + columns - 1) / columns;
        var all = new Multiplot();
        all.AddPlots(figure.Charts.Count);
        all.Layout = new ScottPlot.MultiplotLayouts.Grid(rows, columns);
        for (var index = 0; index < figure.Charts.Count; index++)
            Draw(all.GetPlot(index), figure.Charts[index]);
        Directory.CreateDirectory(folder);
        using var stream = File.Create(Path.Combine(folder, $"paper-{figure.Number}.svg"));
        using var canvas = SKSvgCanvas.Create(
            new SKRect(0, 0, columns * Width, rows * Height), stream);
        all.Render(canvas, new PixelRect(0, columns * Width, rows * Height, 0));
        // A place without a chart would be black.
        using var white = new SKPaint { Color = SKColors.White };
        for (var place = figure.Charts.Count; place < rows * columns; place++)
        {
            canvas.DrawRect(
                place % columns * Width, place / columns * Height, Width, Height, white);
        }
    }

    private static void Draw(Plot plot, Chart chart)
    {
        if (chart.Names is { } names)
            Bars(plot, chart, names);
        else
            Lines(plot, chart);
        plot.Title(chart.Title);
        plot.XLabel(chart.X);
        plot.YLabel(chart.Y);
        if (chart.Lines.Count > 1)
            plot.ShowLegend(Edge.Right); // outside: lines begin and end in every corner
        else
            plot.HideLegend();
        plot.Axes.SetLimitsY(0, chart.YMax ?? 1.05 * Highest(chart));
    }

    // Of bars, the sums of all their parts.
    private static double Highest(Chart chart) => chart.Names is null
        ? chart.Lines.Max(line => line.Points.Max(point => point.Y))
        : Enumerable.Range(0, chart.Names.Count).Max(place => chart.IsBeside
            ? chart.Lines.Max(line => line.Points[place].Y)
            : chart.Lines.Sum(line => line.Points[place].Y));

    private static void Lines(Plot plot, Chart chart)
    {
        foreach (var (index, line) in chart.Lines.Index())
        {
            var drawn = plot.Add.Scatter(
                line.Points.Select(point => chart.IsLog ? Math.Log2(point.X) : point.X).ToArray(),
                line.Points.Select(point => point.Y).ToArray(),
                s_colors[index % s_colors.Length]);
            drawn.LegendText = line.Name;
            drawn.LineWidth = 2;
            drawn.MarkerShape = (MarkerShape)(index % 5);
        }

        if (chart.IsLog)
        {
            plot.Axes.Bottom.TickGenerator = new NumericManual(
                [.. chart.Lines.SelectMany(line => line.Points)
                    .Select(point => chart.HasRoundTicks
                        ? Math.Pow(2, Math.Round(Math.Log2(point.X)))
                        : point.X)
                    .Distinct()
                    .Select(x => new Tick(Math.Log2(x), $"{x:N0}"))]);
        }
    }

    // Each bar is a stack of what the lines have at its place, or they stand side by side.
    private static void Bars(Plot plot, Chart chart, IReadOnlyList<string> names)
    {
        var bases = new double[names.Count];
        foreach (var (index, line) in chart.Lines.Index())
        {
            var width = chart.IsBeside ? 0.8 / chart.Lines.Count : 0.8;
            var bars = line.Points.Select((point, place) => new Bar
            {
                Position = place
                    + (chart.IsBeside ? (index - 0.5 * (chart.Lines.Count - 1)) * width : 0),
                Size = width,
                ValueBase = chart.IsBeside ? 0 : bases[place],
                Value = chart.IsBeside ? point.Y : bases[place] += point.Y,
                FillColor = s_colors[index % s_colors.Length],
                LineWidth = 0,
            }).ToList();
            plot.Add.Bars(bars).LegendText = line.Name;
        }

        plot.Axes.Bottom.TickGenerator = new NumericManual(
            [.. names.Select((name, place) => new Tick(place, name.Replace(" (", "\n(")))]);
        plot.Axes.Bottom.MajorTickStyle.Length = 0;
        plot.Axes.SetLimitsX(-0.6, names.Count - 0.4);
    }
}
