using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Pinned memory of the host, twice, and as much of the device's: what is written to the one goes
/// to the other in one piece, while the next is written already. Grows as needed, by a half at
/// least, so that in steady state nothing is allocated.
/// </summary>
internal sealed class UploadBuffer(Device device, CudaStream stream) : IDisposable
{
    private const long LeastBytes = 4096;

    private readonly CudaEvent[] _sent = [CudaEvent.CreateUntimed(), CudaEvent.CreateUntimed()];
    private readonly PinnedMemory?[] _hosts = new PinnedMemory?[2];
    private DeviceMemory? _device;
    private int _current;

    /// <summary>Of the host's part; valid until the next <see cref="Reserve"/>.</summary>
    public nint Host => _hosts[_current]?.Value ?? 0;

    /// <summary>Of the device's part; valid until it grows.</summary>
    public nint Device => _device?.Address ?? 0;

    /// <summary>
    /// Makes room for as many bytes, where nothing is on its way to the device; what was there is
    /// lost.
    /// </summary>
    public void Reserve(long bytes)
    {
        _current = 1 - _current;
        if (_device is null || _device.Bytes < bytes)
            Grow(Math.Max(Math.Max(bytes, LeastBytes), (_device?.Bytes ?? 0) * 3 / 2));
        else
            _sent[_current].Synchronize();
    }

    /// <summary>Sends the first bytes.</summary>
    public void Send(long bytes)
    {
        if (bytes == 0)
            return;
        stream.CopyToDevice(Device, Host, bytes);
        _sent[_current].Record(stream);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Free();
        foreach (var sent in _sent)
            sent.Dispose();
    }

    private void Grow(long bytes)
    {
        stream.Synchronize();
        Free();
        for (var i = 0; i < _hosts.Length; i++)
            _hosts[i] = PinnedMemory.Allocate(bytes);
        _device = new(device, bytes);
    }

    private void Free()
    {
        for (var i = 0; i < _hosts.Length; i++)
        {
            _hosts[i]?.Dispose();
            _hosts[i] = null;
        }
        _device?.Dispose();
        _device = null;
    }
}
