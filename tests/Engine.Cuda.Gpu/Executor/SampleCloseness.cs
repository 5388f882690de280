using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Samples that were drawn on the device against the CPU's: the same tokens, and log probabilities
/// up to the rounding of an exponential and of a sum of float32 numbers.
/// </summary>
internal static class SampleCloseness
{
    private const double Tolerance = 1e-5;

    public static void Check(
        IReadOnlyList<SampledToken> expected, IReadOnlyList<SampledToken> actual)
    {
        Assert.Equal(expected.Select(sample => sample.Token), actual.Select(s => s.Token));
        foreach (var (one, other) in expected.Zip(actual))
        {
            Close(one.Logprob, other.Logprob);
            Assert.Equal(one.Top.IsDefault, other.Top.IsDefault);
            if (one.Top.IsDefault)
                continue;
            Assert.Equal(one.Top.Select(top => top.Token), other.Top.Select(top => top.Token));
            foreach (var (first, second) in one.Top.Zip(other.Top))
                Close(first.Logprob, second.Logprob);
        }
    }

    // NaN where none was asked for.
    private static void Close(float expected, float actual)
    {
        Assert.Equal(float.IsNaN(expected), float.IsNaN(actual));
        if (!float.IsNaN(expected))
            Assert.InRange(
                Math.Abs(expected - actual), 0, Tolerance * Math.Max(1, Math.Abs(expected)));
    }
}
