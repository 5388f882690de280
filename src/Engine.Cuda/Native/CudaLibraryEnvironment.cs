using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>All that the search for CUDA's libraries depends on, as one value.</summary>
/// <param name="Folder">What <c>SKPAGED_CUDA</c> says; null where it is not set.</param>
/// <param name="LibTorchFolder">Where libtorch lies; empty where that is not known.</param>
/// <param name="Toolkits">Folders of CUDA toolkits, in order.</param>
internal sealed record CudaLibraryEnvironment(
    string? Folder, string LibTorchFolder, ImmutableArray<string> Toolkits)
{
    public const string Variable = "SKPAGED_CUDA";

    private const string DefaultToolkit = "/usr/local/cuda";

    /// <summary>The environment of this process; loads libtorch.</summary>
    public static CudaLibraryEnvironment Current() => new(
        Value(Variable),
        LibTorch.Load().Folder,
        [
            .. new[] { Value("CUDA_HOME"), Value("CUDA_PATH"), DefaultToolkit }
                .OfType<string>().Distinct(),
        ]);

    private static string? Value(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
