using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>The files to load, libraries first, each after those that it needs.</summary>
/// <param name="Source">By which rule they were found.</param>
/// <param name="Libraries">libtorch's libraries in loading order, as full paths.</param>
/// <param name="Binding">TorchSharp's native library, which calls them.</param>
internal sealed record LibTorchFiles(
    LibTorchSource Source, ImmutableArray<string> Libraries, string Binding)
{
    /// <summary>The folder of <c>libtorch_cpu</c>.</summary>
    public string Folder =>
        Path.GetDirectoryName(Libraries.First(path => path.EndsWith(LibTorchLocator.Cpu)))!;

    /// <summary>Whether libtorch's CUDA part is among them.</summary>
    public bool HasCuda => Libraries.Any(path => path.EndsWith(LibTorchLocator.Cuda));
}

/// <summary>
/// Finds libtorch on Linux: <c>SKPAGED_LIBTORCH</c> if it is set, else the package beside the
/// application. A folder that is named but of no use is an error, not a reason to take another one
/// silently.
/// </summary>
internal static class LibTorchLocator
{
    public const string Binding = "libLibTorchSharp.so";

    public const string Cpu = "libtorch_cpu.so";

    public const string Cuda = "libtorch_cuda.so";

    // libgomp carries a hash in its name in some builds (libgomp-98b21ff3.so.1).
    private const string OpenMpPattern = "libgomp*.so*";

    private static readonly ImmutableArray<string> Required = ["libc10.so", Cpu, "libtorch.so"];

    private static readonly ImmutableArray<string> LoadOrder =
        ["libc10.so", Cpu, "libc10_cuda.so", Cuda, "libtorch.so"];

    /// <summary>The files to load, or everything that was tried.</summary>
    public static Either<ImmutableArray<string>, LibTorchFiles> Locate(
        LibTorchEnvironment environment)
    {
        var (source, folders) = environment.LibTorchFolder is { } folder
            ? (LibTorchSource.Environment, [Path.GetFullPath(folder)])
            : (LibTorchSource.Package, environment.PackageFolders);
        var missing = Required.Where(name => Find(folders, name) is null).ToImmutableArray();
        var binding = Find(environment.PackageFolders, Binding);
        return missing.IsEmpty && binding is not null
            ? new LibTorchFiles(source, Libraries(folders), binding)
            : Tried(source, folders, missing).AddRange(
                binding is null ? TriedBinding(environment.PackageFolders) : []);
    }

    private static ImmutableArray<string> Libraries(ImmutableArray<string> folders) =>
        [.. OpenMp(folders), .. LoadOrder.Select(name => Find(folders, name)).OfType<string>()];

    private static IEnumerable<string> OpenMp(ImmutableArray<string> folders) =>
        folders.Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, OpenMpPattern).Order())
            .Take(1);

    private static string? Find(ImmutableArray<string> folders, string name) =>
        folders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    private static ImmutableArray<string> Tried(
        LibTorchSource source, ImmutableArray<string> folders, ImmutableArray<string> missing) =>
        missing.IsEmpty
            ? []
            : [.. folders.Select(folder =>
                $"{Rule(source)} {folder}: "
                + (Directory.Exists(folder) ? Lacks(folder, missing) : "no such folder"))];

    private static string Lacks(string folder, ImmutableArray<string> names) =>
        $"lacks {string.Join(", ", names.Where(name => Find([folder], name) is null))}";

    private static IEnumerable<string> TriedBinding(ImmutableArray<string> folders) =>
        folders.Select(folder => $"{Rule(LibTorchSource.Package)} {folder}: lacks {Binding}");

    private static string Rule(LibTorchSource source) =>
        source == LibTorchSource.Environment
            ? LibTorchEnvironment.LibTorchVariable + " ="
            : "package in";
}
