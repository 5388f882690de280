using System.Runtime.Intrinsics;
using SkPaged.Engine.Cuda.Simd;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>Passes over a row of logits.</summary>
internal static class LogitMath
{
    // Elements whose exponentials are added up in float32; blocks are added in float64.
    public const int SumBlock = 1024;

    /// <summary>Whether no element is NaN or infinite.</summary>
    public static bool AllFinite(ReadOnlySpan<float> values)
    {
        // 0 times anything else is NaN, and NaN stays.
        var zeros = Vector256<float>.Zero;
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
            zeros += Vector256.Create(values[i..]) * Vector256<float>.Zero;
        var zero = Vector256.Sum(zeros);
        for (; i < values.Length; i++)
            zero += values[i] * 0;
        return zero == 0;
    }

    /// <summary>The greatest element; none is NaN.</summary>
    public static float Max(ReadOnlySpan<float> values)
    {
        var greatest = Vector256.Create(float.NegativeInfinity);
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
            greatest = Vector256.Max(greatest, Vector256.Create(values[i..]));
        var max = float.NegativeInfinity;
        for (var lane = 0; lane < 8; lane++)
            max = MathF.Max(max, greatest[lane]);
        for (; i < values.Length; i++)
            max = MathF.Max(max, values[i]);
        return max;
    }

    /// <summary>The first place of <paramref name="value"/>, which is there.</summary>
    public static int FirstOf(ReadOnlySpan<float> values, float value)
    {
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
            if (Vector256.EqualsAny(Vector256.Create(values[i..]), Vector256.Create(value)))
                break;
        while (values[i] != value)
            i++;
        return i;
    }

    /// <summary>
    /// Each element less <paramref name="offset"/>, times <paramref name="scale"/>.
    /// </summary>
    public static void ShiftAndScale(Span<float> values, float offset, float scale)
    {
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
            ((Vector256.Create<float>(values[i..]) - Vector256.Create(offset))
                * Vector256.Create(scale)).CopyTo(values[i..]);
        for (; i < values.Length; i++)
            values[i] = (values[i] - offset) * scale;
    }

    /// <summary>
    /// The sum of e^value over at most <see cref="SumBlock"/> values, none above 0.
    /// </summary>
    public static float SumOfExp(ReadOnlySpan<float> values)
    {
        var sums = Vector256<float>.Zero;
        var i = 0;
        for (; i + 8 <= values.Length; i += 8)
            sums += Exp(Vector256.Create(values[i..]));
        var sum = Vector256.Sum(sums);
        for (; i < values.Length; i++)
            sum += Exp(values[i]);
        return sum;
    }

    /// <summary>e^value; exactly 0 where it is too small for a normal float32.</summary>
    public static float Exp(float value) => Exp(Vector256.CreateScalar(value))[0];

    private static Vector256<float> Exp(Vector256<float> values) =>
        Vector256.ConditionalSelect(
            Vector256.GreaterThan(values, Vector256.Create(Lanes.LeastExponent)),
            Lanes.Exp(values),
            Vector256<float>.Zero);
}
