using SkPaged.Engine.Cuda.Memory;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>An array on the tests' device.</summary>
internal sealed class DeviceArray : IDisposable
{
    private readonly KernelBench _bench;
    private readonly Tensor _tensor;

    public DeviceArray(KernelBench bench, IEnumerable<double> values, ScalarType dtype)
    {
        _bench = bench;
        using var wide = tensor(values.ToArray(), dtype: ScalarType.Float64, device: CPU);
        using var narrow = wide.to(dtype);
        _tensor = narrow.to(bench.Device, copy: true);
        bench.Settle();
    }

    /// <summary>Where it lies.</summary>
    public unsafe nint Address => (nint)TensorMemory.Pointer(_tensor);

    /// <summary>Its elements, once the device has done what it was given.</summary>
    public double[] Values()
    {
        _bench.Settle();
        using var local = _tensor.cpu();
        using var wide = local.to(ScalarType.Float64);
        return wide.data<double>().ToArray();
    }

    public void Dispose() => _tensor.Dispose();
}
