using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Gates of many rows against double precision.</summary>
public class ManyRowsGatesTests
{
    // Rows that lie in the matrix behind those of a step, as in a step's buffers.
    private const int RowsBehind = 130;

    public static TheoryData<ScalarType, int, int, int> Shapes()
    {
        var cases = new TheoryData<ScalarType, int, int, int>();
        foreach (var dtype in (ScalarType[])[ScalarType.Float16, ScalarType.BFloat16])
            foreach (var (rows, inputs, outputs) in ((int, int, int)[])
                [
                    // One piece of inputs, fewer than there are stages, and more.
                    (1, 64, 8), (3, 128, 112), (64, 320, 120), (127, 256, 104), (128, 1024, 232),
                    (129, 64, 200), (255, 448, 112), (256, 320, 344), (257, 192, 56),
                    (390, 128, 120),
                ])
                cases.Add(dtype, rows, inputs, outputs);
        // More tiles than the device works on at once.
        cases.Add(ScalarType.BFloat16, 33, 64, 16_000);
        cases.Add(ScalarType.BFloat16, 300, 64, 9_000);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void They_are_gated(ScalarType dtype, int rows, int inputs, int outputs)
    {
        var bench = KernelBench.Of(dtype);
        var gates = bench.Kernels.Many;
        Skip.IfNot(gates.Works(inputs, outputs), "this is no Hopper device");
        // What is behind the rows must not be seen: it is not a number.
        using var input = bench.Array(
            Draws.Normal(new(rows), rows * inputs)
                .Concat(Enumerable.Repeat(double.NaN, RowsBehind * inputs)));
        using var weights = bench.Array(Draws.Normal(new(outputs), 2 * outputs * inputs));
        using var output = bench.Poisoned((rows + RowsBehind) * outputs);
        using var maps = new TileMaps(
            bench.Device, dtype,
            [
                new(input.Address, rows + RowsBehind, inputs, ManyRowsGates.TileRows),
                new(weights.Address, 2 * outputs, inputs, ManyRowsGates.TileOutputs),
            ]);
        bench.Settle();
        for (var round = 0; round < 3; round++)
            gates.Gate(maps[0], maps[1], output.Address, rows, inputs, outputs);
        var all = output.Values();
        Closeness.CheckRows(
            Expected(input.Values(), weights.Values(), rows, inputs, outputs),
            all[..(rows * outputs)], outputs, 4 * Closeness.Tolerance(dtype), "gates");
        Assert.All(all[(rows * outputs)..], value => Assert.True(double.IsNaN(value)));
    }

    private static double[] Expected(double[] x, double[] w, int rows, int inputs, int outputs)
    {
        var expected = new double[rows * outputs];
        Parallel.For(0, rows, row =>
        {
            for (var i = 0; i < outputs; i++)
            {
                double gate = 0, up = 0;
                for (var k = 0; k < inputs; k++)
                {
                    gate += x[row * inputs + k] * w[i * inputs + k];
                    up += x[row * inputs + k] * w[(outputs + i) * inputs + k];
                }
                expected[row * outputs + i] = gate / (1 + Math.Exp(-gate)) * up;
            }
        });
        return expected;
    }
}
