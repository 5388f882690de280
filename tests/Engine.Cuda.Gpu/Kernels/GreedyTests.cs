using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class GreedyTests
{
    [SkippableTheory]
    [InlineData(1), InlineData(2), InlineData(511), InlineData(512), InlineData(513)]
    [InlineData(5000)]
    public void The_first_of_the_greatest_logits_is_taken(int vocabulary)
    {
        var bench = KernelBench.Of(ScalarType.Float32);
        const int Rows = 20;
        // Few different values, so that most rows have their greatest more than once.
        var random = new Random(vocabulary);
        var values = Enumerable.Range(0, Rows * vocabulary)
            .Select(_ => -random.Next(1, 5) - 0.5).ToArray();
        using var logits = bench.Wide(values);
        using var tokens = bench.Ints(Enumerable.Repeat(-7, Rows));
        bench.Kernels.MostLikely(logits.Address, tokens.Address, Rows, vocabulary);
        Assert.Equal(
            values.Chunk(vocabulary).Select(row => (double)Array.IndexOf(row, row.Max())),
            tokens.Values());
    }

    [SkippableTheory]
    [InlineData(double.NaN), InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void A_row_that_is_not_finite_has_none(double wrong)
    {
        var bench = KernelBench.Of(ScalarType.Float32);
        var values = Draws.Normal(new(1), 3 * 700);
        values[700 + 601] = wrong;
        using var logits = bench.Wide(values);
        using var tokens = bench.Ints([-7, -7, -7]);
        bench.Kernels.MostLikely(logits.Address, tokens.Address, 3, 700);
        var found = tokens.Values();
        Assert.Equal(-1, found[1]);
        Assert.Equal(Array.IndexOf(values, values[..700].Max()), found[0]);
        Assert.Equal(Array.IndexOf(values, values[1400..].Max()) - 1400, found[2]);
    }
}
