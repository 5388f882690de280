using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// Each product of a model by cuBLASLt, its first choice against the fastest of its algorithms, as
/// the start of an engine times them: over weights that the device's cache does not hold.
/// </summary>
internal sealed class ProductSweep : IDisposable
{
    // Several times what a device's cache holds.
    private const long WeightBytes = 256 << 20;

    private static readonly int[] s_rows = [16, 32, 64, 128, 256, 512, 2048];

    private readonly ModelConfig _config;
    private readonly ScalarType _dtype;
    private readonly GpuPeak _peak;
    private readonly CudaContext _context = CudaContext.Open(0);
    private readonly CudaStream _stream = CudaStream.Create();
    private readonly DeviceMemory _workspace = new(CUDA, MatrixProducts.WorkspaceBytes);
    private readonly MatrixProducts _products;

    public ProductSweep(ModelConfig config, ScalarType dtype, GpuPeak peak)
    {
        (_config, _dtype, _peak) = (config, dtype, peak);
        // Nothing is kept: each is timed.
        _products = new(_stream, MatrixProducts.TypeOf(dtype), _workspace.Address);
    }

    /// <summary>The model's products, by their names, of several numbers of rows.</summary>
    public IEnumerable<(string Name, ProductShape Shape)> Cases()
    {
        var (hidden, inner) = (_config.HiddenSize, _config.QueryHeads * _config.HeadDim);
        var width = inner + 2 * _config.KeyValueHeads * _config.HeadDim;
        foreach (var rows in s_rows)
        {
            yield return ("qkv", new(rows, hidden, width, false, false));
            yield return ("output", new(rows, inner, hidden, true, true));
            yield return ("gate-up", new(rows, hidden, 2 * _config.IntermediateSize, false, false));
            yield return ("down", new(rows, _config.IntermediateSize, hidden, true, true));
            yield return ("head", new(rows, hidden, _config.VocabularySize, false, true));
        }
    }

    public ProductPoint Measure((string Name, ProductShape Shape) product)
    {
        using var scope = NewDisposeScope();
        var shape = product.Shape;
        var weightBytes = (long)shape.Inputs * shape.Outputs * _dtype.ElementSize();
        var input = randn(shape.Rows, shape.Inputs, dtype: _dtype, device: CUDA);
        var weights = Enumerable.Range(0, Layers(product.Name, weightBytes))
            .Select(_ => randn(shape.Outputs, shape.Inputs, dtype: _dtype, device: CUDA))
            .ToArray();
        var output = zeros(
            shape.Rows, shape.Outputs, dtype: shape.IsWide ? ScalarType.Float32 : _dtype,
            device: CUDA);
        // Torch wrote them in a stream that ours does not wait for.
        _context.Synchronize();
        var tuning = _products.Tune(
            shape, At(input), [.. weights.Select(At)], At(output))
            ?? throw new InvalidOperationException($"{shape} was timed before.");
        return new(
            product.Name, shape.Rows, shape.Inputs, shape.Outputs, tuning.Microseconds[0],
            tuning.Microseconds[tuning.Fastest], tuning.Fastest, tuning.Microseconds.Length,
            FloorMicroseconds(shape, weightBytes));
    }

    public void Dispose()
    {
        _products.Dispose();
        _workspace.Dispose();
        _stream.Dispose();
        _context.Dispose();
    }

    private static unsafe nint At(Tensor tensor) => (nint)TensorMemory.Pointer(tensor);

    private int Layers(string name, long weightBytes) =>
        name == "head"
            ? 1
            : (int)Math.Min(_config.Layers, (WeightBytes + weightBytes - 1) / weightBytes);

    private double FloorMicroseconds(ProductShape shape, long weightBytes)
    {
        var outputBytes = (shape.IsWide ? sizeof(float) : _dtype.ElementSize())
            * (shape.IsAdded ? 2 : 1);
        var bytes = weightBytes + (double)shape.Rows
            * ((double)shape.Inputs * _dtype.ElementSize() + (double)shape.Outputs * outputBytes);
        var operations = 2.0 * shape.Rows * shape.Inputs * shape.Outputs;
        return 1e6 * Math.Max(
            bytes / _peak.BytesPerSecond, operations / _peak.OperationsPerSecond);
    }
}
