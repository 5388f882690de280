using System.Collections.Concurrent;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Kernels of some sizes on the tests' device, and arrays there.</summary>
internal sealed class KernelBench
{
    private static readonly ConcurrentDictionary<KernelConstants, KernelBench> _benches = [];

    private KernelBench(KernelConstants constants)
    {
        Device = Gpu.Device();
        Constants = constants;
        Context = CudaContext.Open(0);
        Stream = CudaStream.Create();
        Kernels = new(
            new(Context, new(LibTorchEnvironment.Current().CacheFolder)), constants, Stream);
    }

    public Device Device { get; }

    public KernelConstants Constants { get; }

    public CudaContext Context { get; }

    public CudaStream Stream { get; }

    public DecoderKernels Kernels { get; }

    /// <summary>Of these sizes, compiled once; skips the test where there is no GPU.</summary>
    public static KernelBench Of(KernelConstants constants)
    {
        _ = Gpu.Device();
        var bench = _benches.GetOrAdd(constants, sizes => new(sizes));
        bench.Context.MakeCurrent();
        return bench;
    }

    /// <summary>For kernels that care for the type alone.</summary>
    public static KernelBench Of(ScalarType dtype) =>
        Of(new KernelConstants(dtype, 64, 4, 2, 16));

    /// <summary>An array of the device's type, and what its elements are in truth.</summary>
    public DeviceArray Array(IEnumerable<double> values) => new(this, values, Constants.DType);

    /// <summary>An array of float32.</summary>
    public DeviceArray Wide(IEnumerable<double> values) =>
        new(this, values, ScalarType.Float32);

    /// <summary>An array of int32.</summary>
    public DeviceArray Ints(IEnumerable<int> values) =>
        new(this, values.Select(value => (double)value), ScalarType.Int32);

    /// <summary>An array of the device's type that holds NaN.</summary>
    public DeviceArray Poisoned(int count) => Array(Enumerable.Repeat(double.NaN, count));

    /// <summary>What is written is on the device, and what it computes is done.</summary>
    public void Settle() => Context.Synchronize();
}
