using System.Security.Cryptography;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>Small libraries that this project makes, in the user's cache folder.</summary>
internal static class LibraryCache
{
    /// <summary>
    /// The full path of a weakened copy of the library at <paramref name="original"/>, made if it
    /// is not there. The original is only read. The copy's folder is named by the original's
    /// content, so another version of the library gets another copy.
    /// </summary>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache folder cannot be
    /// written.</exception>
    public static Either<PatchRefusal, string> WeakenedCopy(string original, string cacheFolder)
    {
        var bytes = File.ReadAllBytes(original);
        var key = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        return LibTorchPatch.Weaken(bytes).Map(weakened =>
            Hold(cacheFolder, Path.Combine("libtorch", key, LibTorchLocator.Binding), weakened));
    }

    /// <summary>
    /// The full path of an empty library with this soname, which is its file's name as well.
    /// </summary>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache folder cannot be
    /// written.</exception>
    public static string Stub(string soname, string cacheFolder) =>
        Hold(cacheFolder, Path.Combine("libtorch", "stub", soname), ElfStub.WithSoname(soname));

    // A file appears whole or not at all, and one that is there is compared byte by byte:
    // a damaged or a foreign file is replaced and never loaded.
    private static string Hold(string cacheFolder, string name, byte[] bytes)
    {
        var path = Path.Combine(Path.GetFullPath(cacheFolder), name);
        if (!File.Exists(path) || !File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes))
            WriteWhole(path, bytes);
        return path;
    }

    private static void WriteWhole(string path, byte[] bytes)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(
                folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var part = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            File.WriteAllBytes(part, bytes);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
