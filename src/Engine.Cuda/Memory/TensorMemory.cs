using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Where a CPU tensor's elements lie.</summary>
internal static unsafe class TensorMemory
{
    /// <summary>
    /// The address of the first element. Valid while the tensor lives; the tensor must be on the
    /// CPU.
    /// </summary>
    public static void* Pointer(Tensor tensor)
    {
        // The span of all bytes of a tensor beyond 2 GB does not exist; that of one element does.
        using var flat = tensor.as_strided([1], [1], tensor.storage_offset());
        return Unsafe.AsPointer(ref MemoryMarshal.GetReference(flat.bytes));
    }
}
