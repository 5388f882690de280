using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>How close a kernel comes to its reference in double precision.</summary>
internal static class Closeness
{
    /// <summary>
    /// What a row of results of a type may be off by, relative to its length. Rounding moves a
    /// result by half a unit in the last place at most: 2^-8 of itself in bfloat16, 2^-11 in
    /// float16. Sums are in float32, and round a few dozen times.
    /// </summary>
    public static double Tolerance(ScalarType dtype) => dtype switch
    {
        ScalarType.BFloat16 => Math.Pow(2, -8) + Sums,
        ScalarType.Float16 => Math.Pow(2, -11) + Sums,
        _ => Sums,
    };

    private static double Sums => 20 * Math.Pow(2, -24);

    /// <summary>Every row is close to its reference; NaN never is.</summary>
    public static void CheckRows(
        IReadOnlyList<double> expected, IReadOnlyList<double> actual, int width,
        double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (var row = 0; row * width < expected.Count; row++)
        {
            double error = 0, size = 0;
            for (var i = row * width; i < (row + 1) * width; i++)
            {
                error += (expected[i] - actual[i]) * (expected[i] - actual[i]);
                size += expected[i] * expected[i];
            }
            Assert.True(
                Math.Sqrt(error / size) <= tolerance,
                $"{what}, row {row}: off by {Math.Sqrt(error / size):E2}, allowed {tolerance:E2}");
        }
    }
}
