using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// Gates of many rows: the engine's own kernel against cuBLASLt's fastest product and a kernel
/// behind it, over weights that the device's cache does not hold.
/// </summary>
internal sealed class GateSweep : IDisposable
{
    private readonly ModelConfig _config;
    private readonly ScalarType _dtype;
    private readonly CudaContext _context = CudaContext.Open(0);
    private readonly CudaStream _stream = CudaStream.Create();
    private readonly DeviceMemory _workspace = new(CUDA, MatrixProducts.WorkspaceBytes);
    private readonly MatrixProducts _products;
    private readonly DecoderKernels _kernels;

    public GateSweep(ModelConfig config, ScalarType dtype)
    {
        (_config, _dtype) = (config, dtype);
        _products = new(_stream, MatrixProducts.TypeOf(dtype), _workspace.Address);
        _kernels = new(
            new(_context, new(LibTorchEnvironment.Current().CacheFolder)),
            KernelConstants.Of(config, dtype, blockSize: 16), _stream);
    }

    /// <summary>The numbers of rows; none where there is no kernel of ours.</summary>
    public int[] Rows() => _kernels.Many.Works(_config.HiddenSize, _config.IntermediateSize)
        ? [32, 48, 64, 96, 128, 160, 192, 208, 224, 256, 384, 512]
        : [];

    public GatePoint Measure(int rows)
    {
        using var scope = NewDisposeScope();
        var (hidden, outputs) = (_config.HiddenSize, _config.IntermediateSize);
        var launches = ProductTuner.Launches(2L * outputs * hidden * _dtype.ElementSize());
        var input = randn(rows + ManyRowsGates.TileRows, hidden, dtype: _dtype, device: CUDA);
        var weights = Enumerable.Range(0, Math.Min(_config.Layers, launches))
            .Select(_ => randn(2 * outputs, hidden, dtype: _dtype, device: CUDA).mul_(0.02))
            .ToArray();
        var sums = zeros(rows, 2 * outputs, dtype: _dtype, device: CUDA);
        var output = zeros(rows, outputs, dtype: _dtype, device: CUDA);
        using var maps = new TileMaps(
            CUDA, _dtype,
            [
                new(At(input), rows, hidden, ManyRowsGates.TileRows),
                .. weights.Select(each => new TiledMatrix(
                    At(each), 2 * outputs, hidden, ManyRowsGates.TileOutputs)),
            ]);
        _context.Synchronize();
        var shape = new ProductShape(rows, hidden, 2 * outputs, false, false);
        _products.Tune(shape, At(input), [.. weights.Select(At)], At(sums));
        var times = new ProductTuner(
            _stream, launches, () => _stream.Clear(_workspace.Address, _workspace.Bytes),
            (candidate, place) => Launch(candidate, place % weights.Length)).Time(2);
        return new(rows, times[0] ?? double.NaN, times[1] ?? double.NaN,
            _kernels.Many.Takes(rows, outputs));

        bool Launch(int candidate, int layer)
        {
            if (candidate == 1)
            {
                _kernels.Many.Gate(maps[0], maps[1 + layer], At(output), rows, hidden, outputs);
                return true;
            }
            _products.Multiply(shape, At(input), At(weights[layer]), At(sums));
            _kernels.SiluMultiply(At(sums), 0, At(output), rows, outputs);
            return true;
        }
    }

    public void Dispose()
    {
        _kernels.Dispose();
        _products.Dispose();
        _workspace.Dispose();
        _stream.Dispose();
        _context.Dispose();
    }

    private static unsafe nint At(Tensor tensor) => (nint)TensorMemory.Pointer(tensor);
}
