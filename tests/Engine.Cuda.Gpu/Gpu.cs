using System.Runtime.CompilerServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace SkPaged.Engine.Cuda.Gpu.Tests;

/// <summary>The device of the tests. Without one they are skipped, saying why.</summary>
internal static class Gpu
{
    // A driver of another maker's that runs kernels on the CPU, over memory of the CPU, has no
    // device of torch's. It is named here and by SKPAGED_CUDA.
    private const string EmulationVariable = "SKPAGED_CUDA_EMULATION";

    /// <summary>Whether kernels run on the CPU, many times slower.</summary>
    public static bool IsEmulated =>
        Environment.GetEnvironmentVariable(EmulationVariable) is { Length: > 0 };

    /// <summary>Where tensors are; skips the test where there is no GPU.</summary>
    public static Device Device()
    {
        if (IsEmulated)
            return CPU;
        var libtorch = LibTorch.Load();
        Skip.IfNot(libtorch.HasCuda, $"libtorch in {libtorch.Folder} is for CPUs only");
        Skip.IfNot(cuda.is_available(), "there is no CUDA device");
        return CUDA;
    }

    /// <summary>Skips the test where torch itself has no GPU.</summary>
    public static Device TorchDevice()
    {
        Skip.If(IsEmulated, "torch has no device of its own here");
        return Device();
    }
}
