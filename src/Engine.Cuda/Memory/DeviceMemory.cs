using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Plain memory of a device, taken from torch's allocator: one pool for all.</summary>
internal sealed class DeviceMemory : IDisposable
{
    private readonly Tensor _tensor;

    /// <param name="device">Where.</param>
    /// <param name="bytes">At least 1.</param>
    /// <exception cref="DeviceMemoryException">The device has not as much.</exception>
    public unsafe DeviceMemory(Device device, long bytes)
    {
        try
        {
            _tensor = empty([bytes], dtype: ScalarType.Byte, device: device);
        }
        catch (ExternalException cause)
        {
            throw new DeviceMemoryException(bytes, $"{device}", cause);
        }
        Bytes = bytes;
        Address = (nint)TensorMemory.Pointer(_tensor);
    }

    /// <summary>Its size.</summary>
    public long Bytes { get; }

    /// <summary>Of the first byte; a multiple of 256.</summary>
    public nint Address { get; }

    /// <inheritdoc/>
    public void Dispose() => _tensor.Dispose();
}
