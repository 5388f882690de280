using System.Text;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// A device's primary context, which libtorch uses as well: memory of the one is the other's.
/// </summary>
internal sealed class CudaContext : CudaHandle
{
    private readonly int _device;

    private CudaContext(nint value, int device, string name, int capability)
        : base(value) => (_device, Name, Capability, Multiprocessors) =
            (device, name, capability, Attribute(device, CudaDriver.MultiprocessorCount));

    /// <summary>What the maker calls the device.</summary>
    public string Name { get; }

    /// <summary>The compute capability: 90 is 9.0.</summary>
    public int Capability { get; }

    /// <summary>How many blocks of threads it works on at once, at least.</summary>
    public int Multiprocessors { get; }

    /// <summary>The context of a device, current on this thread.</summary>
    /// <param name="ordinal">Which device, as libtorch counts them.</param>
    /// <exception cref="DeviceUnavailableException">
    /// There is no driver or no such device, or it is too old.
    /// </exception>
    public static CudaContext Open(int ordinal)
    {
        NativeLibraries.Require(CudaLibrary.Driver);
        Require(CudaDriver.cuInit(0), nameof(CudaDriver.cuInit));
        Require(
            CudaDriver.cuDriverGetVersion(out var version),
            nameof(CudaDriver.cuDriverGetVersion));
        CudaRequirements.ThrowIfDriverTooOld(version);
        Require(
            CudaDriver.cuDeviceGet(out var device, ordinal),
            $"{nameof(CudaDriver.cuDeviceGet)} of device {ordinal}");
        var name = NameOf(device);
        var capability = 10 * Attribute(device, CudaDriver.ComputeCapabilityMajor)
            + Attribute(device, CudaDriver.ComputeCapabilityMinor);
        CudaRequirements.ThrowIfDeviceTooOld(name, capability);
        Require(
            CudaDriver.cuDevicePrimaryCtxRetain(out var context, device),
            nameof(CudaDriver.cuDevicePrimaryCtxRetain));
        var opened = new CudaContext(context, device, name, capability);
        opened.MakeCurrent();
        return opened;
    }

    /// <summary>Calls of this thread are for this context from now on.</summary>
    public void MakeCurrent() =>
        CudaDriver.Check(CudaDriver.cuCtxSetCurrent(handle), nameof(CudaDriver.cuCtxSetCurrent));

    /// <summary>The same; false where it fails.</summary>
    public bool TryMakeCurrent() => CudaDriver.cuCtxSetCurrent(handle) == 0;

    /// <summary>Bytes of the device that nothing uses; the context is current.</summary>
    public long BytesFree()
    {
        MakeCurrent();
        CudaDriver.Check(
            CudaDriver.cuMemGetInfo_v2(out var free, out _), nameof(CudaDriver.cuMemGetInfo_v2));
        return (long)free;
    }

    /// <summary>Waits for all streams.</summary>
    public void Synchronize()
    {
        MakeCurrent();
        CudaDriver.Check(CudaDriver.cuCtxSynchronize(), nameof(CudaDriver.cuCtxSynchronize));
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() =>
        CudaDriver.cuDevicePrimaryCtxRelease_v2(_device) == 0;

    private static int Attribute(int device, int attribute)
    {
        Require(
            CudaDriver.cuDeviceGetAttribute(out var value, attribute, device),
            nameof(CudaDriver.cuDeviceGetAttribute));
        return value;
    }

    private static unsafe string NameOf(int device)
    {
        const int Length = 256;
        var name = stackalloc byte[Length];
        Require(
            CudaDriver.cuDeviceGetName(name, Length, device), nameof(CudaDriver.cuDeviceGetName));
        return Encoding.UTF8.GetString(name, new Span<byte>(name, Length).IndexOf((byte)0));
    }

    // Before there is a context every error says that there is no device to work with.
    private static void Require(int result, string call)
    {
        try
        {
            CudaDriver.Check(result, call);
        }
        catch (CudaException cause)
        {
            throw new DeviceUnavailableException(
                $"There is no CUDA device to work with: {cause.Message}", cause);
        }
    }
}
