using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Whether <see cref="CudaExecutor"/> can run here, before gigabytes are loaded for it.
/// </summary>
internal static class CudaProbe
{
    /// <summary>Opens the device and loads the libraries that steps need.</summary>
    /// <param name="constants">The model's sizes.</param>
    /// <param name="ordinal">The device, as libtorch counts them.</param>
    /// <exception cref="DeviceUnavailableException">Says what is missing.</exception>
    public static void ThrowIfUnavailable(KernelConstants constants, int ordinal)
    {
        ThrowIfUnsupported(constants);
        using var context = CudaContext.Open(ordinal);
        NativeLibraries.Require(CudaLibrary.Nvrtc);
        NativeLibraries.Require(CudaLibrary.CublasLt);
        _ = KernelCompiler.Target.For(context.Capability, Nvrtc.Architectures());
    }

    /// <summary>
    /// Why libtorch finds no device: what the driver says, or that the two do not fit.
    /// </summary>
    /// <param name="libtorch">Its version.</param>
    /// <param name="open">Asks the driver for its device's name.</param>
    public static string WhyNone(string libtorch, Func<string> open)
    {
        try
        {
            return $"The driver finds {open()}: it may be too old for libtorch {libtorch}.";
        }
        catch (DeviceUnavailableException cause)
        {
            return cause.Message;
        }
    }

    /// <exception cref="DeviceUnavailableException">There are no kernels for them.</exception>
    public static void ThrowIfUnsupported(KernelConstants constants)
    {
        if (constants.Problem is { } problem)
            throw new DeviceUnavailableException(
                $"There are no CUDA kernels for this model: {problem}. "
                + $"{nameof(EngineExecutor)}.{nameof(EngineExecutor.Torch)} takes it.");
    }
}
