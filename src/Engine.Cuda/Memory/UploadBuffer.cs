using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Pinned memory of the host and as much of the device's: what is written to the one goes to the
/// other in one piece. Grows as needed, by a half at least, so that in steady state nothing is
/// allocated.
/// </summary>
/// <remarks>
/// Who writes has waited for the last <see cref="Send"/> to be done.
/// </remarks>
internal sealed class UploadBuffer(Device device, CudaStream stream) : IDisposable
{
    private const long LeastBytes = 4096;

    private PinnedMemory? _host;
    private DeviceMemory? _device;

    /// <summary>Of the host's part; valid until the next <see cref="Reserve"/>.</summary>
    public nint Host => _host?.Value ?? 0;

    /// <summary>Of the device's part; valid until the next <see cref="Reserve"/>.</summary>
    public nint Device => _device?.Address ?? 0;

    /// <summary>Makes room for as many bytes; what was there is lost where that moves.</summary>
    public void Reserve(long bytes)
    {
        if (_host is not null && _host.Bytes >= bytes)
            return;
        var more = Math.Max(Math.Max(bytes, LeastBytes), (_host?.Bytes ?? 0) * 3 / 2);
        Dispose();
        _host = PinnedMemory.Allocate(more);
        _device = new(device, more);
    }

    /// <summary>Sends the first bytes.</summary>
    public void Send(long bytes)
    {
        if (bytes > 0)
            stream.CopyToDevice(Device, Host, bytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _host?.Dispose();
        _device?.Dispose();
        (_host, _device) = (null, null);
    }
}
