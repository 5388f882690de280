using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>Sizes of models and blocks that kernels are tested for.</summary>
public static class KernelSizes
{
    /// <summary>Every type with: head dim, query heads, heads of keys and values, block size.
    /// </summary>
    public static TheoryData<ScalarType, int, int, int, int> All()
    {
        var cases = new TheoryData<ScalarType, int, int, int, int>();
        foreach (var dtype in (ScalarType[])
            [ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16])
            foreach (var (headDim, queryHeads, kvHeads, blockSize) in ((int, int, int, int)[])
                [
                    (64, 4, 4, 16), (64, 14, 2, 8), (80, 8, 4, 32), (96, 6, 2, 64),
                    (128, 8, 2, 16), (128, 16, 1, 128), (128, 9, 1, 1), (256, 4, 2, 16),
                    (16, 4, 2, 3), (32, 2, 1, 300), (24, 4, 2, 8),
                ])
                cases.Add(dtype, headDim, queryHeads, kvHeads, blockSize);
        return cases;
    }

    internal static KernelConstants Of(
        ScalarType dtype, int headDim, int queryHeads, int kvHeads, int blockSize) =>
        new(dtype, headDim, queryHeads, kvHeads, blockSize);
}
