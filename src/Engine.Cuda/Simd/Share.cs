namespace SkPaged.Engine.Cuda.Simd;

/// <summary>How a range is shared out.</summary>
internal static class Share
{
    private const int Granule = 16;

    /// <summary>The most parts of which none is empty.</summary>
    public static int MostParts(int total) => (total + Granule - 1) / Granule;

    /// <summary>
    /// Part <paramref name="part"/> of [0, total) in <paramref name="parts"/> about equal ones that
    /// begin at multiples of 16. The last takes the rest.
    /// </summary>
    public static (int First, int Count) Of(int total, int parts, int part)
    {
        var granules = (total + Granule - 1) / Granule;
        var first = (int)((long)granules * part / parts) * Granule;
        var end = Math.Min(total, (int)((long)granules * (part + 1) / parts) * Granule);
        return (first, end - first);
    }
}
