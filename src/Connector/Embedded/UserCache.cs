namespace SkPaged.Connector.Embedded;

/// <summary>This user's cache folder of the project.</summary>
internal static class UserCache
{
    /// <summary>
    /// <c>SKPAGED_CACHE</c>, else <c>XDG_CACHE_HOME/skpaged</c>, else <c>~/.cache/skpaged</c>, and
    /// on Windows <c>skpaged</c> in the local application data.
    /// </summary>
    /// <param name="variable">Reads an environment variable.</param>
    public static string Folder(Func<string, string?> variable) =>
        Set(variable, "SKPAGED_CACHE")
        ?? (Set(variable, "XDG_CACHE_HOME") is { } cache ? Path.Combine(cache, "skpaged") : null)
        ?? (OperatingSystem.IsWindows()
            ? Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData),
                "skpaged")
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
                ".cache",
                "skpaged"));

    private static string? Set(Func<string, string?> variable, string name) =>
        variable(name) is { Length: > 0 } value ? value : null;
}
