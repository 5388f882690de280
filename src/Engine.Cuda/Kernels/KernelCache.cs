using System.Security.Cryptography;
using System.Text;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// What a start found out and the next one need not: compiled kernels, and the algorithms that
/// products were tuned to, in the user's cache folder, named by all that they depend on. A file
/// that cannot be read, was cut short or was changed counts as absent; one that cannot be written
/// costs the next start the same again.
/// </summary>
/// <param name="folder">Null: nothing is kept.</param>
internal sealed class KernelCache(string? folder)
{
    /// <summary>A name for what follows from these texts.</summary>
    public static string Key(IEnumerable<string> texts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var text in texts)
        {
            // Lengths keep two lists apart whose texts run together.
            hash.AppendData(BitConverter.GetBytes(text.Length));
            hash.AppendData(Encoding.UTF8.GetBytes(text));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>What is kept under a key; null: nothing.</summary>
    public byte[]? Find(string key)
    {
        if (folder is null)
            return null;
        try
        {
            var bytes = File.ReadAllBytes(PathOf(key));
            var sum = SHA256.HashSizeInBytes;
            return bytes.Length > sum
                && SHA256.HashData(bytes.AsSpan(sum)).AsSpan().SequenceEqual(bytes.AsSpan(0, sum))
                ? bytes[sum..]
                : null;
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Keeps bytes under a key: the file appears whole or not at all.</summary>
    public void Keep(string key, ReadOnlySpan<byte> content)
    {
        if (folder is null)
            return;
        var path = PathOf(key);
        var part = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(part, [.. SHA256.HashData(content), .. content]);
            File.Move(part, path, overwrite: true);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            TryDelete(part);
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            // It is of no use to anybody, and does no harm.
        }
    }

    private string PathOf(string key) =>
        Path.Combine(Path.GetFullPath(folder!), "kernels", $"{key}.bin");
}
