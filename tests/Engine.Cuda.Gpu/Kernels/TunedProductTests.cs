using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Tests;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Products that were tuned, against double precision, and what is kept of it.</summary>
public class TunedProductTests
{
    public static TheoryData<ScalarType, int, int, int> Shapes()
    {
        var cases = new TheoryData<ScalarType, int, int, int>();
        foreach (var dtype in (ScalarType[])
            [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var (rows, inputs, outputs) in ((int, int, int)[])
                [(1, 64, 96), (33, 160, 64), (64, 128, 512), (130, 96, 200)])
                cases.Add(dtype, rows, inputs, outputs);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void They_are_right_whatever_they_were_tuned_to(
        ScalarType dtype, int rows, int inputs, int outputs)
    {
        using var bench = new Bench(dtype, rows, inputs, outputs);
        using var products = bench.Products(null);
        foreach (var (isAdded, isWide) in ((bool, bool)[])
            [(false, false), (false, true), (true, true)])
        {
            var shape = new ProductShape(rows, inputs, outputs, isAdded, isWide);
            var tuning = bench.Tune(products, shape);
            Assert.NotNull(tuning);
            Assert.InRange(tuning.Microseconds.Length, 1, ProductTuner.CandidatesMax);
            Assert.All(tuning.Microseconds, time => Assert.False(time <= 0));
            Assert.NotNull(tuning.Microseconds[tuning.Chosen]);
            bench.Check(products, shape);
            // Once is enough.
            Assert.Null(bench.Tune(products, shape));
        }
    }

    [SkippableTheory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void The_next_start_finds_what_was_tuned_and_times_nothing(ScalarType dtype)
    {
        using var folder = new TemporaryFolder();
        using var bench = new Bench(dtype, 48, 128, 256);
        var shape = new ProductShape(48, 128, 256, IsAdded: false, IsWide: true);
        var first = bench.Choices(folder);
        using (var products = bench.Products(first))
        {
            Assert.NotNull(bench.Tune(products, shape));
            Assert.Equal((1, 0), (first.Tuned, first.Found));
            first.Save();
        }
        var second = bench.Choices(folder);
        using (var products = bench.Products(second))
        {
            Assert.Null(bench.Tune(products, shape));
            Assert.Equal((0, 1), (second.Tuned, second.Found));
            bench.Check(products, shape);
            Assert.NotNull(bench.Tune(products, shape with { Rows = 47 }));
            Assert.Equal((1, 1), (second.Tuned, second.Found));
        }
    }

    // Operands of one product, and its weights in two places.
    private sealed class Bench : IDisposable
    {
        private readonly ScalarType _dtype;
        private readonly int _rows, _inputs, _outputs;
        private readonly KernelBench _bench;
        private readonly DeviceMemory _workspace;
        private readonly DeviceArray _input, _weights, _others;

        public Bench(ScalarType dtype, int rows, int inputs, int outputs)
        {
            Skip.If(Gpu.IsEmulated, "times mean nothing where kernels run on the CPU");
            (_dtype, _rows, _inputs, _outputs) = (dtype, rows, inputs, outputs);
            _bench = KernelBench.Of(dtype);
            _workspace = new(_bench.Device, MatrixProducts.WorkspaceBytes);
            _input = _bench.Array(Draws.Normal(new(rows), rows * inputs));
            _weights = _bench.Array(Draws.Normal(new(outputs), outputs * inputs));
            _others = _bench.Array(Draws.Normal(new(7), outputs * inputs));
        }

        public ProductChoices Choices(TemporaryFolder folder) =>
            ProductChoices.Of(_bench.Context, MatrixProducts.TypeOf(_dtype), new(folder.Path));

        public MatrixProducts Products(ProductChoices? choices) =>
            new(_bench.Stream, MatrixProducts.TypeOf(_dtype), _workspace.Address, choices);

        public ProductTuning? Tune(MatrixProducts products, ProductShape shape)
        {
            using var output = Output(shape, Enumerable.Repeat(0.0, _rows * _outputs));
            var tuning = products.Tune(
                shape, _input.Address, [_weights.Address, _others.Address], output.Address);
            _bench.Settle();
            return tuning;
        }

        public void Check(MatrixProducts products, ProductShape shape)
        {
            using var output = Output(
                shape,
                shape.IsAdded
                    ? Draws.Normal(new(5), _rows * _outputs)
                    : Enumerable.Repeat(double.NaN, _rows * _outputs));
            var (x, w, before) = (_input.Values(), _weights.Values(), output.Values());
            products.Multiply(shape, _input.Address, _weights.Address, output.Address);
            var expected = new double[_rows * _outputs];
            for (var i = 0; i < expected.Length; i++)
            {
                for (var k = 0; k < _inputs; k++)
                    expected[i] += x[i / _outputs * _inputs + k] * w[i % _outputs * _inputs + k];
                expected[i] += shape.IsAdded ? before[i] : 0;
            }
            // As in MatrixProductTests.
            var sums = 4 * Closeness.Tolerance(ScalarType.Float32);
            Closeness.CheckRows(
                expected, output.Values(), _outputs,
                shape.IsWide ? sums : Math.Max(sums, Closeness.Tolerance(_dtype)), $"{shape}");
        }

        public void Dispose()
        {
            _bench.Settle();
            foreach (var each in (IDisposable[])
                [_input, _weights, _others, _workspace])
                each.Dispose();
        }

        private DeviceArray Output(ProductShape shape, IEnumerable<double> values) =>
            shape.IsWide ? _bench.Wide(values) : _bench.Array(values);
    }
}
