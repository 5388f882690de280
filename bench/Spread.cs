using System.Globalization;

namespace SkPaged.Bench;

/// <summary>Some repetitions' figures as their median and range.</summary>
internal sealed record Spread(double Least, double Median, double Greatest) : IFormattable
{
    public static Spread Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return new(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }

    /// <summary>Each number in <paramref name="format"/>.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        var culture = formatProvider ?? CultureInfo.InvariantCulture;
        return $"median {Median.ToString(format, culture)} ({Least.ToString(format, culture)} to "
            + $"{Greatest.ToString(format, culture)})";
    }
}
