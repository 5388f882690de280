using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

/// <summary>Algorithms that no library has, and what their bytes are.</summary>
internal static class ProductSamples
{
    public static CublasLt.Algorithm Algorithm(Random random)
    {
        var bytes = new byte[Marshal.SizeOf<CublasLt.Algorithm>()];
        random.NextBytes(bytes);
        return MemoryMarshal.Read<CublasLt.Algorithm>(bytes);
    }

    public static string Text(CublasLt.Algorithm algorithm) =>
        Convert.ToHexString(MemoryMarshal.AsBytes(new ReadOnlySpan<CublasLt.Algorithm>(
            in algorithm)));
}
