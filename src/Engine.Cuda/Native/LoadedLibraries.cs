namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// The shared libraries that are in this process, by the kernel's own list (Linux only).
/// </summary>
internal static class LoadedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>
    /// The full paths of every loaded copy of a library, such as <c>libstdc++.so.6</c>.
    /// </summary>
    public static IReadOnlyList<string> Named(string name) =>
        File.Exists(Maps) ? Named(File.ReadLines(Maps), name) : [];

    // A line is "address perms offset device inode   path"; a library owns several.
    // A versioned file (libstdc++.so.6.0.30) is the library behind its shorter name.
    internal static IReadOnlyList<string> Named(IEnumerable<string> maps, string name) =>
        [.. maps
            .Select(line => line.IndexOf('/') is var at and >= 0 ? line[at..] : "")
            .Where(path => IsNamed(Path.GetFileName(path), name))
            .Distinct()];

    private static bool IsNamed(string file, string name) =>
        file == name || file.StartsWith(name + ".", StringComparison.Ordinal);
}
