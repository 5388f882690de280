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

    private readonly double _logMedian = Solve(Mean, Spread, Least, Most);

    /// <summary>The length at share <paramref name="quantile"/> of all, (0, 1).</summary>
    public int At(double quantile) => At(_logMedian, Spread, Least, Most, quantile);

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

    // Within the cut the quantiles are those of the whole between the cut's own two.
    private static int At(double logMedian, double spread, int least, int most, double quantile)
    {
        var low = Normal.Below((Math.Log(least - 0.5) - logMedian) / spread);
        var high = Normal.Below((Math.Log(most + 0.5) - logMedian) / spread);
        var z = Normal.Quantile(low + quantile * (high - low));
        return Math.Clamp((int)Math.Round(Math.Exp(logMedian + spread * z)), least, most);
    }
}

/// <summary>The standard normal distribution.</summary>
internal static class Normal
{
    private const double Beyond = 9;

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

    /// <summary>Where a share of (0, 1) lies below, by halving.</summary>
    public static double Quantile(double share)
    {
        var (low, high) = (-Beyond, Beyond);
        for (var round = 0; round < 45; round++)
        {
            var middle = 0.5 * (low + high);
            (low, high) = Below(middle) < share ? (middle, high) : (low, middle);
        }

        return 0.5 * (low + high);
    }
}
