using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class RowwiseTests
{
    public static TheoryData<ScalarType, int> Widths()
    {
        var cases = new TheoryData<ScalarType, int>();
        foreach (var dtype in (ScalarType[])
            [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var width in (int[])[1, 64, 255, 256, 257, 2050, 4096])
                cases.Add(dtype, width);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Widths))]
    public void Tokens_become_their_rows_of_the_embedding(ScalarType dtype, int width)
    {
        var bench = KernelBench.Of(dtype);
        using var table = bench.Array(Draws.Normal(new(1), 7 * width));
        // Tokens of the step before: one, one of a row that failed, one that is none at all.
        using var drawn = bench.Ints([-1, 5, 700]);
        using var ids = bench.Ints([6, 0, 3, 3, -2, -1, -3]);
        using var residual = bench.Wide(Enumerable.Repeat(double.NaN, 7 * width));
        bench.Kernels.Embed(
            table.Address, ids.Address, drawn.Address, residual.Address, 7, width, 7);
        var rows = table.Values();
        Assert.Equal(
            new[] { 6, 0, 3, 3, 5, 0, 6 }.SelectMany(id => rows.Skip(id * width).Take(width)),
            residual.Values());
    }

    [SkippableTheory]
    [MemberData(nameof(Widths))]
    public void Rows_are_divided_by_their_root_mean_square(ScalarType dtype, int width)
    {
        var bench = KernelBench.Of(dtype);
        using var residual = bench.Wide(Draws.Normal(new(2), 5 * width, scale: 3));
        using var weight = bench.Array(Draws.Normal(new(3), width));
        using var chosen = bench.Ints([4, 1, 1]);
        foreach (var rows in (int[]?[])[null, [4, 1, 1]])
        {
            var order = rows ?? [0, 1, 2, 3, 4];
            using var output = bench.Poisoned(order.Length * width);
            bench.Kernels.RmsNorm(
                residual.Address, rows is null ? 0 : chosen.Address, weight.Address,
                output.Address, order.Length, width, 1e-5f);
            var (from, scale) = (residual.Values(), weight.Values());
            var expected = order.SelectMany(row =>
            {
                var x = from[(row * width)..((row + 1) * width)];
                var factor = 1 / Math.Sqrt(x.Average(value => value * value) + 1e-5f);
                return x.Zip(scale, (value, w) => value * factor * w);
            }).ToArray();
            Closeness.CheckRows(
                expected, output.Values(), width, Closeness.Tolerance(dtype), "norm");
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Widths))]
    public void A_bias_is_added_to_every_row(ScalarType dtype, int width)
    {
        var bench = KernelBench.Of(dtype);
        using var residual = bench.Wide(Draws.Normal(new(4), 3 * width));
        using var bias = bench.Array(Draws.Normal(new(5), width));
        var expected = residual.Values()
            .Zip(Enumerable.Repeat(bias.Values(), 3).SelectMany(row => row), (x, b) => x + b)
            .ToArray();
        bench.Kernels.AddBias(residual.Address, bias.Address, 3, width);
        Closeness.CheckRows(
            expected, residual.Values(), width, Closeness.Tolerance(ScalarType.Float32), "bias");
    }

    [SkippableTheory]
    [MemberData(nameof(Widths))]
    public void Gates_open_by_silu(ScalarType dtype, int width)
    {
        var bench = KernelBench.Of(dtype);
        using var gateUp = bench.Array(Draws.Normal(new(6), 3 * 2 * width, scale: 4));
        using var bias = bench.Array(Draws.Normal(new(7), 2 * width));
        foreach (var isBiased in (bool[])[false, true])
        {
            using var output = bench.Poisoned(3 * width);
            bench.Kernels.SiluMultiply(
                gateUp.Address, isBiased ? bias.Address : 0, output.Address, 3, width);
            var (x, b) = (gateUp.Values(), bias.Values());
            double Input(int row, int i) => x[row * 2 * width + i] + (isBiased ? b[i] : 0);
            var expected = Enumerable.Range(0, 3 * width).Select(at =>
            {
                var (row, i) = Math.DivRem(at, width);
                var gate = Input(row, i);
                return gate / (1 + Math.Exp(-gate)) * Input(row, width + i);
            }).ToArray();
            Closeness.CheckRows(
                expected, output.Values(), width, Closeness.Tolerance(dtype), "silu");
        }
    }
}
