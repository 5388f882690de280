using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Where a tensor's elements lie.</summary>
internal static unsafe partial class TensorMemory
{
    // The class that makes the library's name known before the first call.
    static TensorMemory() => System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(
        typeof(NativeLibraries).TypeHandle);

    /// <summary>
    /// The address of the first element, in the memory of the tensor's device. Valid while the
    /// tensor lives.
    /// </summary>
    // TorchSharp's own spans are of the CPU's memory alone, and of 2 GB at most.
    public static void* Pointer(Tensor tensor)
    {
        var address = THSTensor_data(tensor.Handle);
        if (address is null)
            throw new ArgumentException($"A tensor on {tensor.device} has no elements in memory.");
        return address;
    }

    [LibraryImport(NativeLibraries.TorchSharp)]
    private static partial void* THSTensor_data(nint tensor);
}
