namespace SkPaged.Engine.Cuda.Native;

/// <summary>What a library that is in this process provides.</summary>
internal static class SystemLibrary
{
    /// <summary>
    /// Whether the loaded library defines a version. True as well where that cannot be known: the
    /// loader then decides, and its message says what it lacks.
    /// </summary>
    public static bool Provides(string library, string version) =>
        LoadedLibraries.Named(library) is not [var path, ..] || FileProvides(path, version);

    internal static bool FileProvides(string path, string version)
    {
        try
        {
            var versions =
                from image in ElfImage.Parse(File.ReadAllBytes(path))
                from definitions in VersionDefinitions.Read(image)
                select definitions;
            return versions.Match(Right: found => found.Contains(version), Left: _ => true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }
}
