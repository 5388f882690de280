using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>All that the search for libtorch depends on, as one value.</summary>
/// <param name="LibTorchFolder">What <c>SKPAGED_LIBTORCH</c> says; null where it is not
/// set.</param>
/// <param name="PackageFolders">Where the application's native libraries may lie, in order.</param>
/// <param name="CacheFolder">This user's cache folder of the project; null where none is
/// known.</param>
internal sealed record LibTorchEnvironment(
    string? LibTorchFolder, ImmutableArray<string> PackageFolders, string? CacheFolder)
{
    public const string LibTorchVariable = "SKPAGED_LIBTORCH";

    public const string CacheVariable = "SKPAGED_CACHE";

    /// <summary>The environment of this process.</summary>
    public static LibTorchEnvironment Current() => new(
        Variable(LibTorchVariable),
        NativeFolders(
            AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string,
            AppContext.BaseDirectory),
        Cache(Variable));

    // The host lists the folders of deps.json (the NuGet cache, runtimes/RID/native, or the
    // application's own folder when it is self-contained); the rest is for hosts that list none.
    internal static ImmutableArray<string> NativeFolders(
        string? hostList, string applicationFolder) =>
        [.. (hostList ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(Path.Combine(applicationFolder, "runtimes", "linux-x64", "native"))
            .Append(applicationFolder)
            .Select(folder => Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)))
            .Distinct()];

    internal static string? Cache(Func<string, string?> variable) =>
        variable(CacheVariable)
        ?? (variable("XDG_CACHE_HOME") is { } cache ? Path.Combine(cache, "skpaged") : null)
        ?? (variable("HOME") is { } home ? Path.Combine(home, ".cache", "skpaged") : null);

    private static string? Variable(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
