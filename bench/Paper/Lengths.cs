namespace SkPaged.Bench.Paper;

/// <summary>
/// Lengths in tokens: log-normal, cut off at both ends, with the median chosen so that the mean
/// after the cut is the one wanted.
/// </summary>
/// <param name="Mean">Wanted, in tokens.</param>
/// <param name="Spread">Standard deviation of the logarithm before the cut.</param>
/// <param name="Least">At least so many tokens.</param>
/// <param name="Most">At most so many tokens.</param>
internal sealed record Lengths(double Mean, double Spread, int Least, int Most)
{
    private const int Points = 2000;

    // The share of lengths up to Least, Least + 1 and so on.
    private readonly double[] _shares = Shares(Mean, Spread, Least, Most);

    /// <summary>Longer ones are cut to so many tokens, after the mean was met.</summary>
    public int Clip { get; init; } = Most;

    /// <summary>The length at share <paramref name="quantile"/> of all, (0, 1).</summary>
    public int At(double quantile)
    {
        var place = Array.BinarySearch(_shares, quantile);
        return Math.Min(Clip, Least + Math.Min(place < 0 ? ~place : place, Most - Least));
    }

    /// <summary>The mean of what is drawn, rounded to whole tokens.</summary>
    public double MeanDrawn => Enumerable.Range(0, Points)
        .Average(point => At((point + 0.5) / Points));

    // The mean grows with the median: halving finds it.
    private static double Solve(double mean, double spread, int least, int most)
    {
        var (low, high) = (Math.Log(least), Math.Log(most));
        for (var round = 0; round < 60; round++)
        {
            var middle = 0.5 * (low + high);
            (low, high) = MeanOf(middle, spread, least, most) < mean
                ? (middle, high)
                : (low, middle);
        }

        return 0.5 * (low + high);
    }

    // Of a log-normal between two bounds.
    private static double MeanOf(double logMedian, double spread, int least, int most)
    {
        var (low, high) = (
            (Math.Log(least - 0.5) - logMedian) / spread,
            (Math.Log(most + 0.5) - logMedian) / spread);
        return Math.Exp(logMedian + 0.5 * spread * spread)
            * (Normal.Below(high - spread) - Normal.Below(low - spread))
            / (Normal.Below(high) - Normal.Below(low));
    }

    // Of a log-normal between two bounds, rounded.
    private static double[] Shares(double mean, double spread, int least, int most)
    {
        var logMedian = Solve(mean, spread, least, most);
        var low = Below(least - 0.5);
        var whole = Below(most + 0.5) - low;
        return [.. Enumerable.Range(least, most - least + 1)
            .Select(length => (Below(length + 0.5) - low) / whole)];

        double Below(double length) => Normal.Below((Math.Log(length) - logMedian) / spread);
    }
}

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    /// <summary>The share below <paramref name="z"/>, by Zelen and Severo's series.</summary>
    public static double Below(double z)
    {
        if (z < 0)
            return 1 - Below(-z);
        var t = 1 / (1 + 0.2316419 * z);
        var series = t * (0.319381530 + t * (-0.356563782 + t * (1.781477937
            + t * (-1.821255978 + t * 1.330274429))));
        return 1 - Math.Exp(-0.5 * z * z) / Math.Sqrt(2 * Math.PI) * series;
    }
}
