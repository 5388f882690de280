using System.Globalization;

namespace SkPaged.Bench.Paper;

/// <summary>A figure of ours beside the paper's.</summary>
/// <param name="What">Of which system, load and measure.</param>
/// <param name="Ours">As measured.</param>
/// <param name="Low">The paper's, or its lower end; null: the paper has none.</param>
/// <param name="High">The upper end, where the paper has a range.</param>
/// <param name="Unit">Behind the numbers.</param>
/// <param name="Why">Where ours differs: one sentence.</param>
internal sealed record Claim(
    string What, double Ours, double? Low = null, double? High = null, string Unit = "",
    string Why = "")
{
    /// <summary>Ours / the paper's, or its lower end.</summary>
    public double? Ratio => Ours / Low;

    /// <summary>Least and most over seeds, where there were several.</summary>
    public (double Least, double Most)? Seeds { get; init; }

    /// <summary>What the paper says, where that is no number.</summary>
    public string Said { get; init; } = "";

    /// <summary>As a row of a table.</summary>
    public string Row =>
        $"| {What} | {Text(Ours)}{Unit}{Range} | {Paper} "
        + $"| {(Ratio is { } ratio ? Text(ratio) : "")} | {Why} |";

    private string Paper => (Low, High) switch
    {
        ({ } low, { } high) => $"{Text(low)} to {Text(high)}{Unit}",
        ({ } low, null) => $"{Text(low)}{Unit}",
        _ => Said,
    };

    private string Range =>
        Seeds is { } seeds ? $" ({Text(seeds.Least)} to {Text(seeds.Most)})" : "";

    /// <summary>Of several seeds: their mean, least and most.</summary>
    public static Claim Of(
        string what, IReadOnlyList<double> values, double? low = null, double? high = null,
        string unit = "", string why = "") =>
        new(what, values.Average(), low, high, unit, why)
        {
            Seeds = values.Count > 1 ? (values.Min(), values.Max()) : null,
        };

    /// <summary>A share of something else; NaN where either was never reached.</summary>
    public static double ShareOf(double value, double whole) =>
        double.IsFinite(value) && double.IsFinite(whole) ? value / whole : double.NaN;

    private static string Text(double value) =>
        double.IsNaN(value)
            ? "not sustained"
            : value.ToString(
                Math.Abs(value) >= 100 ? "N0" : Math.Abs(value) >= 10 ? "N1" : "N2",
                CultureInfo.InvariantCulture);
}

/// <summary>What a figure of the paper came to.</summary>
/// <param name="Number">As on the command line.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Claims">Ours beside the paper's.</param>
/// <param name="Charts">To be drawn, side by side.</param>
internal sealed record FigureResult(
    string Number, string Title, IReadOnlyList<Claim> Claims, IReadOnlyList<Chart> Charts)
{
    public void Print(TextWriter writer)
    {
        writer.WriteLine($"## Figure {Number}: {Title}");
        writer.WriteLine();
        writer.WriteLine("| what | ours | paper | ours / paper | where ours differs |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var claim in Claims)
            writer.WriteLine(claim.Row);
        writer.WriteLine();
    }
}

/// <summary>Lines, or bars where <paramref name="Names"/> names their places.</summary>
/// <param name="Title">Over the chart.</param>
/// <param name="X">What runs to the right.</param>
/// <param name="Y">What runs upwards.</param>
/// <param name="Lines">What is drawn; as bars, each is one part of every bar.</param>
internal sealed record Chart(string Title, string X, string Y, IReadOnlyList<Line> Lines)
{
    /// <summary>Of bars, each a stack of all lines; null: lines are lines.</summary>
    public IReadOnlyList<string>? Names { get; init; }

    /// <summary>Of bars, whether lines stand side by side.</summary>
    public bool IsBeside { get; init; }

    /// <summary>The most that is shown; null: all.</summary>
    public double? YMax { get; init; }

    /// <summary>Whether the axis to the right counts powers of two.</summary>
    public bool IsLog { get; init; }

    /// <summary>Whether its marks are powers of two alone, and not each point's place.</summary>
    public bool HasRoundTicks { get; init; }
}

/// <summary>Points of a line by x.</summary>
internal sealed record Line(string Name, IReadOnlyList<(double X, double Y)> Points);
