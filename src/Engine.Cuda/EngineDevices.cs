using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>Which devices there are, and what they have free.</summary>
internal static partial class EngineDevices
{
    /// <summary>The device of a wish.</summary>
    /// <exception cref="DeviceUnavailableException">
    /// CUDA was asked for and is not there.
    /// </exception>
    public static Device Find(EngineDevice wanted, LibTorchLocation libtorch) => wanted switch
    {
        EngineDevice.Cpu => CPU,
        EngineDevice.Auto => HasCuda(libtorch) ? CUDA : CPU,
        _ => HasCuda(libtorch) ? CUDA : throw new DeviceUnavailableException(
            libtorch.HasCuda
                ? "Device is Cuda, but libtorch finds no CUDA device on this machine."
                : $"Device is Cuda, but libtorch in {libtorch.Folder} is built for CPUs only. "
                    + "Build with -p:TorchBackend=cuda, or name a CUDA build by SKPAGED_LIBTORCH."),
    };

    /// <summary>Bytes of a device that nothing uses.</summary>
    public static long BytesFree(Device device)
    {
        if (device.type == DeviceType.CPU)
            return FreeMemory.OnHost();
        var error = MemoryInfo(out var free, out _);
        return error == 0
            ? (long)free
            : throw new DeviceUnavailableException($"cuMemGetInfo failed with error {error}.");
    }

    private static bool HasCuda(LibTorchLocation libtorch) =>
        libtorch.HasCuda && cuda.is_available();

    // Of the context of this thread's device, which torch has made current by loading weights.
    [LibraryImport("libcuda.so.1", EntryPoint = "cuMemGetInfo_v2")]
    private static partial int MemoryInfo(out nuint free, out nuint total);
}
