using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>Where an engine computes, and with what.</summary>
/// <param name="Device">The device.</param>
/// <param name="HasKernels">Whether <see cref="CudaExecutor"/> runs the steps.</param>
internal readonly record struct EnginePlace(Device Device, bool HasKernels);

/// <summary>Which devices there are, and what they have free.</summary>
internal static class EngineDevices
{
    /// <summary>The place of a wish.</summary>
    /// <param name="options">The wish.</param>
    /// <param name="constants">The model's sizes.</param>
    /// <param name="libtorch">What was loaded.</param>
    /// <param name="logger">Told where CUDA was hoped for and is not used; null: nobody.</param>
    /// <exception cref="DeviceUnavailableException">
    /// CUDA was asked for and is not there, or lacks what its executor needs.
    /// </exception>
    public static EnginePlace Find(
        LlmEngineOptions options, KernelConstants constants, LibTorchLocation libtorch,
        ILogger? logger)
    {
        // A libtorch for CPUs alone was chosen: nobody hopes for CUDA.
        if (options.Device == EngineDevice.Cpu
            || (options.Device == EngineDevice.Auto && !libtorch.HasCuda))
            return new(CPU, HasKernels: false);
        try
        {
            return OnCuda(options.Executor, constants, libtorch);
        }
        catch (DeviceUnavailableException cause) when (options.Device == EngineDevice.Auto)
        {
            logger?.CpuInstead(cause.Message);
            return new(CPU, HasKernels: false);
        }
    }

    /// <summary>
    /// Bytes of a device that nothing uses; of a CUDA device after weights were loaded to it.
    /// </summary>
    public static long BytesFree(Device device)
    {
        if (device.type == DeviceType.CPU)
            return FreeMemory.OnHost();
        NativeLibraries.Require(CudaLibrary.Driver);
        // Of the context of this thread's device, which torch has made current.
        CudaDriver.Check(
            CudaDriver.cuMemGetInfo_v2(out var free, out _),
            nameof(CudaDriver.cuMemGetInfo_v2));
        return (long)free;
    }

    /// <summary>
    /// Gives back what torch keeps of a CUDA device's memory that was freed. It does so only where
    /// an allocation fails, so one is made that must.
    /// </summary>
    public static void ReleaseCached(Device device)
    {
        const long MoreThanAnyDevice = 1L << 50;
        if (device.type != DeviceType.CUDA)
            return;
        try
        {
            empty([MoreThanAnyDevice], dtype: ScalarType.Byte, device: device).Dispose();
        }
        catch (ExternalException)
        {
            // As it must.
        }
    }

    private static string NameOfFirst()
    {
        using var context = CudaContext.Open(0);
        return context.Name;
    }

    private static EnginePlace OnCuda(
        EngineExecutor executor, KernelConstants constants, LibTorchLocation libtorch)
    {
        if (!libtorch.HasCuda)
            throw new DeviceUnavailableException(
                $"Device is Cuda, but libtorch in {libtorch.Folder} is built for CPUs only. "
                + "Build with -p:TorchBackend=cuda, or name a CUDA build by SKPAGED_LIBTORCH.");
        if (!cuda.is_available())
            throw new DeviceUnavailableException(
                "Device is Cuda, but libtorch finds no CUDA device on this machine. "
                + CudaProbe.WhyNone(libtorch.Version, NameOfFirst));
        if (executor == EngineExecutor.Auto)
            CudaProbe.ThrowIfUnavailable(constants, ordinal: 0);
        return new(CUDA, executor == EngineExecutor.Auto);
    }
}
