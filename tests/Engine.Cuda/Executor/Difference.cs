using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>How far apart rows are.</summary>
internal static class Difference
{
    /// <summary>The greatest distance of two elements; NaN counts as infinite.</summary>
    public static float Max(float[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return expected.Zip(actual, (e, a) => e - a is var d && float.IsNaN(d)
            ? float.PositiveInfinity
            : MathF.Abs(d)).Max();
    }
}
