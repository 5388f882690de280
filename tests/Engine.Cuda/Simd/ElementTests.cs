using System.Runtime.Intrinsics;
using SkPaged.Engine.Cuda.Simd;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class ElementTests
{
    [Fact]
    public void Bfloat16_rounds_as_torch_does()
    {
        var random = new Random(3);
        var values = Enumerable.Range(0, 20_000)
            .Select(_ => BitConverter.Int32BitsToSingle(random.Next(int.MinValue, int.MaxValue)))
            .Where(float.IsFinite).Concat([0, -0f, 1, 1.00390625f, 1.01171875f, float.MaxValue])
            .ToArray();
        using var floats = tensor(values);
        using var rounded = floats.to(ScalarType.BFloat16);
        using var back = rounded.to(ScalarType.Float32);
        Assert.Equal(
            back.data<float>().ToArray(), values.Select(v => BFloat16Element.From(v).Value));
    }

    [Fact]
    public void Loads_and_stores_are_each_others_inverse()
    {
        RoundTrip<Float32Element>();
        RoundTrip<BFloat16Element>();
    }

    [Fact]
    public void A_nan_stays_a_nan() =>
        Assert.True(float.IsNaN(BFloat16Element.From(float.NaN).Value));

    [Fact]
    public void Exponentials_are_right_to_3_units_in_the_last_place()
    {
        for (var x = -87f; x <= 88f; x += 0.0137f)
        {
            var exact = Math.Exp(x);
            var unit = BitConverter.SingleToUInt32Bits((float)exact) is var bits
                ? BitConverter.UInt32BitsToSingle(bits + 1) - (double)(float)exact
                : 0;
            Assert.InRange(Math.Abs(Lanes.Exp(Vector256.Create(x))[0] - exact) / unit, 0, 3);
        }
        Assert.True(float.IsNaN(Lanes.Exp(Vector256.Create(float.NaN))[0]));
    }

    [Fact]
    public void Four_sums_are_the_sums()
    {
        Vector256<float>[] v =
            [.. Enumerable.Range(0, 4).Select(i => Vector256.Create(
                Elements.Values(Elements.Random<Float32Element>(8, i))))];
        var sums = Lanes.Sums(v[0], v[1], v[2], v[3]);
        for (var i = 0; i < 4; i++)
            Assert.Equal(Vector256.Sum(v[i]), sums[i], 1e-6f);
    }

    private static unsafe void RoundTrip<T>()
        where T : unmanaged, IElement<T>
    {
        var source = Elements.Random<T>(16, seed: 1);
        var (pair, row) = (new T[16], new T[16]);
        fixed (T* from = source, toPair = pair, toRow = row)
        {
            T.LoadPair(from, out var a, out var b);
            T.StorePair(toPair, a, b);
            T.Store(toRow, T.Load(from));
            T.Store(toRow + 8, T.Load(from + 8));
        }
        Assert.Equal(source, pair);
        Assert.Equal(source, row);
    }
}
