using System.Security.Cryptography;

namespace SkPaged.Connector.Embedded;

/// <summary>Writes files into a folder that is named by their content.</summary>
internal static class FileExtraction
{
    /// <summary>
    /// Makes the files be in <c>root/HASH</c>. Every file is compared with what it must be, so
    /// a damaged or half-written one is written again. A file appears whole or not at all, and one
    /// that another process has open stays as that process knows it.
    /// </summary>
    /// <returns>The folder.</returns>
    public static string Extract(IReadOnlyList<EmbeddedFile> files, string root)
    {
        var folder = Path.Combine(Path.GetFullPath(root), Hash(files));
        foreach (var file in files)
        {
            var path = Path.Combine(folder, file.Name);
            if (!IsWhole(file, path))
                Write(file, path);
        }

        return folder;
    }

    private static string Hash(IReadOnlyList<EmbeddedFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            file.AddTo(hash);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..16];
    }

    private static bool IsWhole(EmbeddedFile file, string path)
    {
        if (!File.Exists(path))
            return false;
        using var expected = file.Open();
        using var found = File.OpenRead(path);
        return found.Length == expected.Length && Same(expected, found);
    }

    private static bool Same(Stream expected, Stream found)
    {
        var left = new byte[1 << 16];
        var right = new byte[1 << 16];
        while (true)
        {
            var count = expected.ReadAtLeast(left, left.Length, throwOnEndOfStream: false);
            var other = found.ReadAtLeast(right, right.Length, throwOnEndOfStream: false);
            if (!left.AsSpan(0, count).SequenceEqual(right.AsSpan(0, other)))
                return false;
            if (count == 0)
                return true;
        }
    }

    private static void Write(EmbeddedFile file, string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        Directory.CreateDirectory(folder);
        var part = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            using (var content = file.Open())
            using (var target = File.Create(part))
                content.CopyTo(target);
            File.Move(part, path, overwrite: true);
        }
        finally
        {
            File.Delete(part);
        }
    }
}
