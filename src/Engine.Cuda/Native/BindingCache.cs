using System.Security.Cryptography;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>The private copy of TorchSharp's native library for systems with an older libstdc++.</summary>
internal static class BindingCache
{
    /// <summary>
    /// The full path of a weakened copy of the library at <paramref name="original"/>, made if it is not there.
    /// The original is only read. The copy's folder is named by the original's content, so another version
    /// of the library gets another copy, and the file appears whole or not at all.
    /// </summary>
    /// <exception cref="IOException">The cache folder cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The cache folder cannot be written.</exception>
    public static Either<PatchRefusal, string> WeakenedCopy(string original, string cacheFolder)
    {
        var bytes = File.ReadAllBytes(original);
        return LibTorchPatch.Weaken(bytes).Map(weakened =>
        {
            var key = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
            var path = Path.Combine(
                Path.GetFullPath(cacheFolder), "libtorch", key, LibTorchLocator.Binding);
            if (!Holds(path, weakened))
                WriteWhole(path, weakened);
            return path;
        });
    }

    // The bytes are compared, so a damaged or a foreign file is replaced and never loaded.
    private static bool Holds(string path, byte[] bytes) =>
        File.Exists(path) && File.ReadAllBytes(path).AsSpan().SequenceEqual(bytes);

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
