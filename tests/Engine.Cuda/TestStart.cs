using System.Runtime.CompilerServices;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Tests;

/// <summary>
/// Tests name torch types anywhere: libtorch is loaded before the first of them runs.
/// </summary>
internal static class TestStart
{
    [ModuleInitializer]
    internal static void LoadLibTorch() => LibTorch.Load();
}
