namespace SkPaged.Engine.Cuda.Native;

/// <summary>What the engine needs of a driver and of a device.</summary>
internal static class CudaRequirements
{
    // What cuda.h's CUDA_VERSION was for the interface that is used here: CUDA 12.0.
    private const int DriverVersionMin = 12_000;
    private const int CapabilityMin = 80;

    /// <param name="version">Of CUDA that the driver is for: 12040 is 12.4.</param>
    /// <exception cref="DeviceUnavailableException">It is too old.</exception>
    public static void ThrowIfDriverTooOld(int version)
    {
        if (version < DriverVersionMin)
            throw new DeviceUnavailableException(
                $"The NVIDIA driver is for CUDA {Dotted(version)}; the engine needs one for CUDA "
                + $"{Dotted(DriverVersionMin)} or newer.");
    }

    /// <param name="name">The device.</param>
    /// <param name="capability">Its compute capability: 90 is 9.0.</param>
    /// <exception cref="DeviceUnavailableException">It is too old.</exception>
    public static void ThrowIfDeviceTooOld(string name, int capability)
    {
        if (capability < CapabilityMin)
            throw new DeviceUnavailableException(
                $"{name} has compute capability {capability / 10}.{capability % 10}; the engine's "
                + $"kernels need {CapabilityMin / 10}.{CapabilityMin % 10} or newer.");
    }

    private static string Dotted(int version) => $"{version / 1000}.{version % 1000 / 10}";
}
