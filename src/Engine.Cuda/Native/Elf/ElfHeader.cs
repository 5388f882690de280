namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// What the first 64 bytes of a library tell without reading the rest, which may be half a
/// gigabyte.
/// </summary>
internal static class ElfHeader
{
    public const int Size = 64;

    /// <summary>
    /// How many bytes a file lacks of the length that its header implies; 0 for a whole file. The
    /// section table is the last thing in a library, so a file that is cut anywhere lacks some of
    /// it.
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static long Missing(string path)
    {
        using var file = File.OpenHandle(path);
        var header = new byte[Size];
        var length = RandomAccess.GetLength(file);
        return RandomAccess.Read(file, header, 0) < Size ? Size - length : Missing(header, length);
    }

    internal static long Missing(ReadOnlySpan<byte> header, long length)
    {
        ElfBytes.TryU64(header, 0x28, out var table);
        ElfBytes.TryU16(header, 0x3a, out var entrySize);
        ElfBytes.TryU16(header, 0x3c, out var count);
        var size = (ulong)entrySize * count;
        var isWhole = count == 0 || ElfBytes.Holds(length, table, size);
        return isWhole ? 0 : (long)Math.Min(table + size - (ulong)length, long.MaxValue);
    }
}
