using SkPaged.Engine.Cuda.Simd;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class MatrixTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(320)]
    [InlineData(512)]
    [InlineData(528)]
    public void Products_are_those_of_the_definition(int k)
    {
        foreach (var rows in (int[])[1, 2, 3, 4, 5, 7, 8, 13])
            foreach (var bias in (bool[])[false, true])
            {
                Check<Float32Element>(rows, k, bias);
                Check<BFloat16Element>(rows, k, bias);
            }
    }

    [Theory]
    [InlineData(96)]
    [InlineData(512)]
    [InlineData(528)]
    public void A_row_gives_the_same_bits_beside_any_other_rows(int k)
    {
        var (alone, _) = Multiply<Float32Element>(rows: 1, k, bias: true);
        for (var rows = 2; rows < 10; rows++)
        {
            var (many, _) = Multiply<Float32Element>(rows, k, bias: true);
            Assert.Equal(alone, many[..alone.Length]);
        }
    }

    private static void Check<T>(int rows, int k, bool bias)
        where T : unmanaged, IElement<T>
    {
        var (actual, expected) = Multiply<T>(rows, k, bias);
        for (var i = 0; i < actual.Length; i++)
            Assert.Equal(
                expected[i], actual[i].Value,
                Elements.Rounding<T>() * MathF.Abs(expected[i]) + k * 1e-7f);
    }

    private static unsafe (T[] Actual, float[] Expected) Multiply<T>(int rows, int k, bool bias)
        where T : unmanaged, IElement<T>
    {
        const int N = 21;
        const int Guard = 8;
        var x = Elements.Random<T>(rows * k, seed: 1);
        var w = Elements.Random<T>(N * k, seed: 2);
        var b = Elements.Random<T>(N, seed: 3);
        var (guarded, packed) = (new T[Guard + rows * N], new float[rows * k]);
        fixed (T* xs = x, ws = w, bs = b, gs = guarded)
        fixed (float* p = packed)
        {
            var ys = gs + Guard;
            Matrix<T>.Pack(xs, rows, k, p);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 0, 3);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 3, 16);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 16, 18);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 18, N);
        }
        Assert.All(guarded[..Guard], element => Assert.Equal(0, element.Value));
        var expected =
            from row in Enumerable.Range(0, rows)
            from column in Enumerable.Range(0, N)
            select (float)Enumerable.Range(0, k).Sum(i =>
                (double)x[row * k + i].Value * w[column * k + i].Value)
                + (bias ? b[column].Value : 0);
        return (guarded[Guard..], [.. expected]);
    }
}
