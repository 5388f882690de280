using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Asks Linux for large pages. Streaming weights through 4 KB pages costs a quarter of the memory's
/// bandwidth (docs/measurements.md).
/// </summary>
internal static partial class HugePages
{
    private const int AdviceHugePage = 14;
    private const long PageBytes = 4096;

    // Below this a large page would be mostly empty.
    private const long LeastBytes = 4 << 20;

    /// <summary>
    /// For a CPU tensor that has not been written yet. It is advice: where it is not taken nothing
    /// changes.
    /// </summary>
    public static unsafe Tensor WithHugePages(this Tensor tensor)
    {
        var bytes = tensor.NumberOfElements * tensor.ElementSize;
        if (!OperatingSystem.IsLinux() || tensor.device_type != DeviceType.CPU
            || bytes < LeastBytes)
            return tensor;
        var start = (nint)TensorMemory.Pointer(tensor);
        var first = (nint)((start + PageBytes - 1) / PageBytes * PageBytes);
        _ = Advise(first, (nuint)(bytes - (first - start)), AdviceHugePage);
        return tensor;
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
