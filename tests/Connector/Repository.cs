namespace SkPaged.Connector.Tests;

/// <summary>The sources that these tests were built from.</summary>
internal static class Repository
{
    private static readonly DirectoryInfo s_root = RootAbove(AppContext.BaseDirectory);

    /// <summary>The full path of a file or folder, given from the root.</summary>
    public static string File(string path) => Path.Combine(s_root.FullName, path);

    private static DirectoryInfo RootAbove(string folder)
    {
        var root = new DirectoryInfo(folder);
        while (!System.IO.File.Exists(Path.Combine(root.FullName, "SkPaged.sln")))
            root = root.Parent
                ?? throw new DirectoryNotFoundException($"No SkPaged.sln above {folder}.");
        return root;
    }
}
