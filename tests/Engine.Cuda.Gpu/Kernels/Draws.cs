namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Numbers for tests: seeded, never zeros.</summary>
internal static class Draws
{
    /// <summary>Normal numbers (Box and Muller's).</summary>
    public static double[] Normal(Random random, int count, double scale = 1) =>
    [
        .. Enumerable.Range(0, count).Select(_ => scale
            * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()))
            * Math.Cos(2 * Math.PI * random.NextDouble())),
    ];
}
