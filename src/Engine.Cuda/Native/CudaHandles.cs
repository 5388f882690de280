using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>A handle of the driver's; 0 is none.</summary>
internal abstract class CudaHandle : SafeHandle
{
    protected CudaHandle(nint value)
        : base(0, ownsHandle: true) => SetHandle(value);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <summary>The handle; 0 once it is disposed.</summary>
    public nint Value => IsClosed ? 0 : handle;
}

/// <summary>Kernels that are loaded, of the context that was current then.</summary>
internal sealed class CudaModule : CudaHandle
{
    private readonly CudaContext _context;

    private CudaModule(nint value, CudaContext context)
        : base(value) => _context = context;

    /// <summary>The compute capability of its device: 90 is 9.0.</summary>
    public int Capability => _context.Capability;

    /// <summary>How many its device has.</summary>
    public int Multiprocessors => _context.Multiprocessors;

    /// <summary>Loads machine code, or PTX that ends with 0.</summary>
    public static unsafe CudaModule Load(CudaContext context, ReadOnlySpan<byte> image)
    {
        context.MakeCurrent();
        fixed (byte* start = image)
        {
            CudaDriver.Check(
                CudaDriver.cuModuleLoadData(out var module, start),
                nameof(CudaDriver.cuModuleLoadData));
            return new(module, context);
        }
    }

    /// <summary>The function of this name; valid while the module is loaded.</summary>
    public nint Function(string name)
    {
        CudaDriver.Check(
            CudaDriver.cuModuleGetFunction(out var function, handle, name),
            $"{nameof(CudaDriver.cuModuleGetFunction)} of {name}");
        return function;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        // A release must not throw, also where the device is lost.
        return _context.TryMakeCurrent() && CudaDriver.cuModuleUnload(handle) == 0;
    }
}

/// <summary>Work in order, beside that of other streams.</summary>
internal sealed class CudaStream : CudaHandle
{
    private CudaStream(nint value)
        : base(value)
    {
    }

    /// <summary>A stream of the current context that does not wait for the default one.</summary>
    public static CudaStream Create()
    {
        CudaDriver.Check(
            CudaDriver.cuStreamCreate(out var stream, CudaDriver.StreamNonBlocking),
            nameof(CudaDriver.cuStreamCreate));
        return new(stream);
    }

    /// <summary>Waits until all of its work is done.</summary>
    /// <exception cref="CudaException">Some of it failed.</exception>
    public void Synchronize() =>
        CudaDriver.Check(
            CudaDriver.cuStreamSynchronize(handle), nameof(CudaDriver.cuStreamSynchronize));

    /// <summary>Copies to the device; the memory of the host is pinned.</summary>
    public void CopyToDevice(nint device, nint host, long bytes) =>
        CudaDriver.Check(
            CudaDriver.cuMemcpyHtoDAsync_v2(device, host, (nuint)bytes, handle),
            nameof(CudaDriver.cuMemcpyHtoDAsync_v2));

    /// <summary>Copies to the host; its memory is pinned.</summary>
    public void CopyToHost(nint host, nint device, long bytes) =>
        CudaDriver.Check(
            CudaDriver.cuMemcpyDtoHAsync_v2(host, device, (nuint)bytes, handle),
            nameof(CudaDriver.cuMemcpyDtoHAsync_v2));

    /// <summary>Sets bytes to 0.</summary>
    public void Clear(nint device, long bytes) =>
        CudaDriver.Check(
            CudaDriver.cuMemsetD8Async(device, 0, (nuint)bytes, handle),
            nameof(CudaDriver.cuMemsetD8Async));

    /// <summary>Runs what was captured.</summary>
    public void Launch(CudaGraph graph) =>
        CudaDriver.Check(
            CudaDriver.cuGraphLaunch(graph.Value, handle), nameof(CudaDriver.cuGraphLaunch));

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => CudaDriver.cuStreamDestroy_v2(handle) == 0;
}

/// <summary>A place in a stream.</summary>
internal sealed class CudaEvent : CudaHandle
{
    private CudaEvent(nint value)
        : base(value)
    {
    }

    /// <summary>An event of the current context that keeps its time.</summary>
    public static CudaEvent Create()
    {
        CudaDriver.Check(
            CudaDriver.cuEventCreate(out var created, 0), nameof(CudaDriver.cuEventCreate));
        return new(created);
    }

    /// <summary>An event of the current context that keeps no time, and costs less.</summary>
    public static CudaEvent CreateUntimed()
    {
        CudaDriver.Check(
            CudaDriver.cuEventCreate(out var created, CudaDriver.EventDisableTiming),
            nameof(CudaDriver.cuEventCreate));
        return new(created);
    }

    /// <summary>Marks where the stream is now.</summary>
    public void Record(CudaStream stream) =>
        CudaDriver.Check(
            CudaDriver.cuEventRecord(handle, stream.Value), nameof(CudaDriver.cuEventRecord));

    /// <summary>Waits until the stream has passed the mark, if it was made.</summary>
    public void Synchronize() =>
        CudaDriver.Check(
            CudaDriver.cuEventSynchronize(handle), nameof(CudaDriver.cuEventSynchronize));

    /// <summary>Milliseconds between two marks that the stream has passed.</summary>
    public float MillisecondsSince(CudaEvent start)
    {
        CudaDriver.Check(
            CudaDriver.cuEventElapsedTime(out var milliseconds, start.handle, handle),
            nameof(CudaDriver.cuEventElapsedTime));
        return milliseconds;
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => CudaDriver.cuEventDestroy_v2(handle) == 0;
}

/// <summary>Memory of the host that a device reads and writes directly.</summary>
internal sealed class PinnedMemory : CudaHandle
{
    private PinnedMemory(nint value, long bytes)
        : base(value) => Bytes = bytes;

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Reserves memory for the current context; at least 1 byte.</summary>
    public static PinnedMemory Allocate(long bytes)
    {
        CudaDriver.Check(
            CudaDriver.cuMemHostAlloc(out var memory, (nuint)bytes, 0),
            $"{nameof(CudaDriver.cuMemHostAlloc)} of {bytes:N0} bytes");
        return new(memory, bytes);
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => CudaDriver.cuMemFreeHost(handle) == 0;
}
