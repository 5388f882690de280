using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Products of a few rows, with what is fused to them, in double precision.</summary>
public class FewRowsProductTests
{
    private const float Epsilon = 1e-5f;

    public static TheoryData<ScalarType, int, int, int> Shapes()
    {
        var cases = new TheoryData<ScalarType, int, int, int>();
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16])
            foreach (var (rows, inputs, outputs) in ((int, int, int)[])
                [
                    (1, 32, 16), (1, 1024, 48), (3, 160, 64), (8, 2048, 16), (1, 4128, 32),
                    (9, 64, 16), (12, 1024, 96), (16, 2048, 80), (17, 160, 64), (31, 3072, 48),
                    (32, 1024, 256),
                ])
                cases.Add(dtype, rows, inputs, outputs);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void They_are_multiplied_added_and_gated(
        ScalarType dtype, int rows, int inputs, int outputs)
    {
        var bench = KernelBench.Of(dtype);
        var products = bench.Kernels.Few;
        Assert.True(products.Takes(rows, inputs, outputs));
        using var input = bench.Array(Draws.Normal(new(rows), rows * inputs));
        using var weights = bench.Array(Draws.Normal(new(outputs), 2 * outputs * inputs));
        using var added = bench.Wide(Draws.Normal(new(5), rows * outputs, scale: 30));
        using var narrow = bench.Poisoned(rows * outputs);
        using var gated = bench.Poisoned(rows * outputs);
        var (x, w, before) = (input.Values(), weights.Values(), added.Values());
        products.Multiply(
            input.Address, weights.Address, narrow.Address, rows, inputs, outputs);
        products.Add(input.Address, weights.Address, added.Address, rows, inputs, outputs);
        products.Gate(input.Address, weights.Address, gated.Address, rows, inputs, outputs);
        var tolerance = 4 * Closeness.Tolerance(dtype);
        var sums = Expected(x, w, rows, inputs, outputs);
        Closeness.CheckRows(sums, narrow.Values(), outputs, tolerance, "product");
        Closeness.CheckRows(
            [.. sums.Zip(before, (sum, old) => sum + old)], added.Values(), outputs,
            8 * Closeness.Tolerance(ScalarType.Float32), "sum");
        Closeness.CheckRows(
            Gates(x, w, rows, inputs, outputs), gated.Values(), outputs, tolerance, "gates");
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void The_norm_in_front_can_be_part_of_them(
        ScalarType dtype, int rows, int inputs, int outputs)
    {
        Skip.IfNot(FewRowsProducts.TakesNorm(rows, inputs), "the norm is a kernel of its own");
        var bench = KernelBench.Of(dtype);
        using var residual = bench.Wide(Draws.Normal(new(rows), rows * inputs, scale: 3));
        using var norm = bench.Array(Draws.Normal(new(2), inputs));
        using var weights = bench.Array(Draws.Normal(new(outputs), 2 * outputs * inputs));
        using var narrow = bench.Poisoned(rows * outputs);
        using var gated = bench.Poisoned(rows * outputs);
        bench.Kernels.Few.MultiplyNormed(
            residual.Address, norm.Address, weights.Address, narrow.Address, rows, inputs,
            outputs, Epsilon);
        bench.Kernels.Few.GateNormed(
            residual.Address, norm.Address, weights.Address, gated.Address, rows, inputs, outputs,
            Epsilon);
        var (from, scale, w) = (residual.Values(), norm.Values(), weights.Values());
        var root = Math.Sqrt(from.Average(value => value * value) + Epsilon);
        double[] x = [.. from.Zip(scale, (value, factor) => value / root * factor)];
        // The norm is rounded to the type before it meets the weights.
        var tolerance = 8 * Closeness.Tolerance(dtype);
        Closeness.CheckRows(
            Expected(x, w, rows, inputs, outputs), narrow.Values(), outputs, tolerance, "product");
        Closeness.CheckRows(
            Gates(x, w, rows, inputs, outputs), gated.Values(), outputs, tolerance, "gates");
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void A_sum_prepares_the_norm_of_the_products_behind_it(
        ScalarType dtype, int rows, int inputs, int outputs)
    {
        var bench = KernelBench.Of(dtype);
        var products = bench.Kernels.Few;
        // The sum is as wide as the products' inputs have to be.
        var width = (outputs + 31) / 32 * 32;
        using var input = bench.Array(Draws.Normal(new(rows), rows * inputs));
        using var weights = bench.Array(Draws.Normal(new(outputs), width * inputs, scale: 0.1));
        using var residual = bench.Wide(Draws.Normal(new(5), rows * width, scale: 3));
        using var norm = bench.Array(Draws.Normal(new(2), width));
        using var next = bench.Array(Draws.Normal(new(3), 2 * outputs * width));
        using var prepared = bench.Poisoned(rows * width);
        using var squares = bench.Wide(Enumerable.Repeat(
            double.NaN, (int)FewRowsProducts.SquareBytes(width) / sizeof(float)));
        using var narrow = bench.Poisoned(rows * outputs);
        using var gated = bench.Poisoned(rows * outputs);
        var found = products.Add(
            input.Address, weights.Address, residual.Address, rows, inputs, width,
            new(norm.Address, prepared.Address, squares.Address), Epsilon);
        Assert.True(found.ArePrepared);
        products.Multiply(
            prepared.Address, next.Address, narrow.Address, rows, width, outputs, found);
        products.Gate(
            prepared.Address, next.Address, gated.Address, rows, width, outputs, found);
        var (stream, scale, w) = (residual.Values(), norm.Values(), next.Values());
        var x = new double[rows * width];
        for (var row = 0; row < rows; row++)
        {
            var elements = stream.AsSpan(row * width, width).ToArray();
            var root = Math.Sqrt(elements.Average(value => value * value) + Epsilon);
            for (var i = 0; i < width; i++)
                x[row * width + i] = elements[i] / root * scale[i];
        }
        var tolerance = 8 * Closeness.Tolerance(dtype);
        Closeness.CheckRows(
            Expected(x, w, rows, width, outputs), narrow.Values(), outputs, tolerance, "product");
        Closeness.CheckRows(
            Gates(x, w, rows, width, outputs), gated.Values(), outputs, tolerance, "gates");
    }

    private static double[] Expected(
        double[] x, double[] w, int rows, int inputs, int outputs, int first = 0)
    {
        var expected = new double[rows * outputs];
        for (var i = 0; i < expected.Length; i++)
            for (var k = 0; k < inputs; k++)
                expected[i] += x[i / outputs * inputs + k]
                    * w[(first + i % outputs) * inputs + k];
        return expected;
    }

    private static double[] Gates(double[] x, double[] w, int rows, int inputs, int outputs) =>
    [
        .. Expected(x, w, rows, inputs, outputs).Zip(
            Expected(x, w, rows, inputs, outputs, first: outputs),
            (gate, up) => gate / (1 + Math.Exp(-gate)) * up),
    ];
}
