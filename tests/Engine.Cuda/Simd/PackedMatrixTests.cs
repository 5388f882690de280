using SkPaged.Engine.Cuda.Simd;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Simd;

public class PackedMatrixTests
{
    private const int N = 96;
    private const string NotHere = "This processor or system has no bfloat16 instructions for us.";

    // By the processor's tile registers where it has them and 32 divides k, else by its vectors.
    [SkippableTheory]
    [InlineData(2, false)]
    [InlineData(32, false)]
    [InlineData(32, true)]
    [InlineData(48, false)]
    [InlineData(704, false)]
    [InlineData(704, true)]
    [InlineData(2048, false)]
    public void Products_are_those_of_the_definition(int k, bool vectorsAlone)
    {
        foreach (var rows in (int[])[1, 2, 5, 11, 12, 13, 16, 17, 31, 32, 33, 64, 97, 200])
            foreach (var bias in (bool[])[false, true])
            {
                var (actual, expected) = Multiply(rows, k, bias, vectorsAlone: vectorsAlone);
                for (var i = 0; i < actual.Length; i++)
                    Assert.Equal(
                        expected[i], actual[i].Value,
                        Elements.Rounding<BFloat16Element>() * MathF.Abs(expected[i]) + k * 1e-6f);
            }
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_row_gives_the_same_bits_beside_any_other_rows(bool vectorsAlone)
    {
        var (alone, _) = Multiply(rows: 1, k: 96, bias: true, vectorsAlone: vectorsAlone);
        foreach (var rows in (int[])[2, 3, 7, 12, 13, 16, 17, 32, 33, 64, 97])
        {
            var (many, _) = Multiply(rows, k: 96, bias: true, vectorsAlone: vectorsAlone);
            Assert.Equal(alone, many[..alone.Length]);
        }
    }

    [SkippableFact]
    public void Packing_in_place_gives_the_same_bits()
    {
        var (copied, _) = Multiply(rows: 13, k: 48, bias: true, inPlace: false);
        var (inPlace, _) = Multiply(rows: 13, k: 48, bias: true, inPlace: true);
        Assert.Equal(copied, inPlace);
    }

    [SkippableFact]
    public unsafe void Sizes_that_no_tile_divides_are_not_packed()
    {
        Skip.IfNot(PackedMatrix.IsSupported, NotHere);
        var w = new BFloat16Element[33 * 33];
        fixed (BFloat16Element* ws = w)
        {
            Assert.Null(PackedMatrix.TryPack(ws, null, 33, 32, inPlace: false));
            Assert.Null(PackedMatrix.TryPack(ws, null, 32, 33, inPlace: false));
        }
    }

    private static unsafe (BFloat16Element[] Actual, float[] Expected) Multiply(
        int rows, int k, bool bias, bool inPlace = false, bool vectorsAlone = false)
    {
        var x = Elements.Random<BFloat16Element>(rows * k, seed: 1);
        var w = Elements.Random<BFloat16Element>(N * k, seed: 2);
        var b = Elements.Random<BFloat16Element>(N, seed: 3);
        // What lies beyond the last row must stay.
        var y = new BFloat16Element[rows * N + 32];
        var original = w.ToArray();
        fixed (BFloat16Element* xs = x, ws = w, bs = b, ys = y)
        {
            using var packed =
                PackedMatrix.TryPack(ws, bias ? bs : null, N, k, inPlace, vectorsAlone);
            Skip.If(packed is null, NotHere);
            for (var chunk = 0; chunk < packed.Chunks(rows); chunk++)
                packed.Multiply(xs, ys, rows, chunk);
        }
        Assert.All(y[(rows * N)..], beyond => Assert.Equal(0, beyond.Value));
        var expected =
            from row in Enumerable.Range(0, rows)
            from column in Enumerable.Range(0, N)
            select (float)Enumerable.Range(0, k).Sum(i =>
                (double)x[row * k + i].Value * original[column * k + i].Value)
                + (bias ? b[column].Value : 0);
        return (y[..(rows * N)], [.. expected]);
    }
}
