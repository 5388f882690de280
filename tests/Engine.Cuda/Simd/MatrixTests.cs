using SkPaged.Engine.Cuda.Simd;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class MatrixTests
{
    [Theory]
    [InlineData(16)]
    [InlineData(48)]
    [InlineData(320)]
    public void Products_are_those_of_the_definition(int k)
    {
        foreach (var rows in (int[])[1, 2, 3, 4, 5, 7, 8, 13])
            foreach (var bias in (bool[])[false, true])
            {
                Check<Float32Element>(rows, k, bias);
                Check<BFloat16Element>(rows, k, bias);
            }
    }

    [Fact]
    public void A_row_gives_the_same_bits_beside_any_other_rows()
    {
        var (alone, _) = Multiply<Float32Element>(rows: 1, k: 96, bias: true);
        for (var rows = 2; rows < 10; rows++)
        {
            var (many, _) = Multiply<Float32Element>(rows, k: 96, bias: true);
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
        var x = Elements.Random<T>(rows * k, seed: 1);
        var w = Elements.Random<T>(N * k, seed: 2);
        var b = Elements.Random<T>(N, seed: 3);
        var (y, packed) = (new T[rows * N], new float[rows * k]);
        fixed (T* xs = x, ws = w, bs = b, ys = y)
        fixed (float* p = packed)
        {
            Matrix<T>.Pack(xs, rows, k, p);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 0, 16);
            Matrix<T>.Multiply(p, rows, ws, k, bias ? bs : null, ys, N, 16, N);
        }
        var expected =
            from row in Enumerable.Range(0, rows)
            from column in Enumerable.Range(0, N)
            select (float)Enumerable.Range(0, k).Sum(i =>
                (double)x[row * k + i].Value * w[column * k + i].Value)
                + (bias ? b[column].Value : 0);
        return (y, [.. expected]);
    }
}
