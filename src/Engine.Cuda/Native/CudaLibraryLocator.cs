using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Where a library of CUDA may lie, in order: the folder <c>SKPAGED_CUDA</c>, what the process has
/// loaded already (libtorch's own), beside libtorch, the toolkits, and wherever the system looks.
/// </summary>
internal static class CudaLibraryLocator
{
    private const string DriverName = "libcuda.so.1";
    private const string WindowsDriver = "nvcuda.dll";

    // From PyTorch's torch/lib to what pip installs beside it: for CUDA 13 in one folder, before
    // that in one for each library.
    private static readonly ImmutableArray<string> BesideLibTorch =
    [
        "",
        "../../nvidia/cu13/lib",
        "../../nvidia/cuda_nvrtc/lib",
        "../../nvidia/cublas/lib",
    ];

    private static readonly ImmutableArray<string> WithinToolkit =
        ["targets/x86_64-linux/lib", "targets/sbsa-linux/lib", "lib64", "bin/x64", "bin"];

    /// <summary>Paths that exist, then names for the system's own search.</summary>
    /// <param name="library">What is looked for.</param>
    /// <param name="environment">Where.</param>
    /// <param name="loaded">
    /// Full paths of those in the process, by the name without version.
    /// </param>
    public static IEnumerable<string> Candidates(
        CudaLibrary library, CudaLibraryEnvironment environment,
        Func<string, IReadOnlyList<string>> loaded) =>
        library == CudaLibrary.Driver
            ? In(environment.Folder, DriverName)
                .Append(OperatingSystem.IsWindows() ? WindowsDriver : DriverName)
            : Found(Name(library), environment, loaded).Distinct();

    private static IEnumerable<string> Found(
        string name, CudaLibraryEnvironment environment,
        Func<string, IReadOnlyList<string>> loaded) =>
        Versions(environment.Folder, name)
            .Concat(loaded($"lib{name}.so"))
            .Concat(environment.LibTorchFolder.Length == 0
                ? []
                : BesideLibTorch.SelectMany(folder =>
                    Versions(Path.Combine(environment.LibTorchFolder, folder), name)))
            .Concat(environment.Toolkits.SelectMany(toolkit => WithinToolkit.SelectMany(
                folder => Versions(Path.Combine(toolkit, folder), name))))
            .Concat([$"lib{name}.so.13", $"lib{name}.so.12"]);

    // Packages of libtorch carry a hash in the name (libnvrtc-d833c4f3.so.12), Windows the version.
    private static IEnumerable<string> Versions(string? folder, string name) =>
        folder is null || !Directory.Exists(folder)
            ? []
            : In(folder, $"lib{name}.so.13", $"lib{name}.so.12")
                .Concat(Directory.EnumerateFiles(folder, $"lib{name}-*.so.*")
                    .Concat(Directory.EnumerateFiles(folder, $"{name}64_1*.dll"))
                    .Where(file => !file.Contains("builtins", StringComparison.Ordinal)
                        && !file.Contains(".alt.", StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal));

    private static IEnumerable<string> In(string? folder, params string[] names) =>
        folder is null
            ? []
            : names.Select(name => Path.GetFullPath(Path.Combine(folder, name)))
                .Where(File.Exists);

    private static string Name(CudaLibrary library) =>
        library == CudaLibrary.Nvrtc ? "nvrtc" : "cublasLt";
}
