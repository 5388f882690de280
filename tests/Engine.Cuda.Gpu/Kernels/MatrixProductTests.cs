using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class MatrixProductTests
{
    public static TheoryData<ScalarType, int, int, int> Shapes()
    {
        var cases = new TheoryData<ScalarType, int, int, int>();
        foreach (var dtype in (ScalarType[])
            [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var (rows, inputs, outputs) in ((int, int, int)[])
                [(1, 64, 96), (3, 160, 64), (17, 64, 512), (130, 96, 200)])
                cases.Add(dtype, rows, inputs, outputs);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Rows_are_multiplied_with_the_rows_of_the_weights(
        ScalarType dtype, int rows, int inputs, int outputs)
    {
        var bench = KernelBench.Of(dtype);
        using var workspace = new Memory.DeviceMemory(
            bench.Device, MatrixProducts.WorkspaceBytes);
        using var products = new MatrixProducts(
            bench.Stream, MatrixProducts.TypeOf(dtype), workspace.Address);
        using var input = bench.Array(Draws.Normal(new(rows), rows * inputs));
        using var weights = bench.Array(Draws.Normal(new(outputs), outputs * inputs));
        using var narrow = bench.Poisoned(rows * outputs);
        using var wide = bench.Wide(Enumerable.Repeat(double.NaN, rows * outputs));
        using var added = bench.Wide(Draws.Normal(new(5), rows * outputs));
        var (x, w, before) = (input.Values(), weights.Values(), added.Values());
        var shape = new ProductShape(rows, inputs, outputs, false, false);
        for (var round = 0; round < 2; round++)
        {
            products.Multiply(shape, input.Address, weights.Address, narrow.Address);
            products.Multiply(
                shape with { IsWide = true }, input.Address, weights.Address, wide.Address);
        }
        products.Multiply(
            shape with { IsAdded = true, IsWide = true }, input.Address, weights.Address,
            added.Address);
        var expected = new double[rows * outputs];
        for (var i = 0; i < expected.Length; i++)
            for (var k = 0; k < inputs; k++)
                expected[i] += x[i / outputs * inputs + k] * w[i % outputs * inputs + k];
        // Products of few elements cancel: float32 sums of 160 terms, not a result of one.
        var sums = 4 * Closeness.Tolerance(ScalarType.Float32);
        Closeness.CheckRows(
            expected, narrow.Values(), outputs, Math.Max(sums, Closeness.Tolerance(dtype)),
            "in the type");
        Closeness.CheckRows(expected, wide.Values(), outputs, sums, "in float32");
        Closeness.CheckRows(
            [.. expected.Zip(before, (e, b) => e + b)], added.Values(), outputs, sums, "added");
    }
}
