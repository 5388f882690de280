using System.Buffers.Binary;
using System.Text;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Bounded little-endian reads: an offset outside of the bytes is an answer, not a throw.
/// </summary>
internal static class ElfBytes
{
    /// <summary>
    /// Whether [offset, offset + size) lies within <paramref name="length"/> bytes.
    /// </summary>
    public static bool Holds(long length, ulong offset, ulong size) =>
        offset <= (ulong)length && size <= (ulong)length - offset;

    public static bool TryU16(ReadOnlySpan<byte> bytes, ulong offset, out ushort value)
    {
        var inside = Holds(bytes.Length, offset, sizeof(ushort));
        value = inside ? BinaryPrimitives.ReadUInt16LittleEndian(bytes[(int)offset..]) : default;
        return inside;
    }

    public static bool TryU32(ReadOnlySpan<byte> bytes, ulong offset, out uint value)
    {
        var inside = Holds(bytes.Length, offset, sizeof(uint));
        value = inside ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[(int)offset..]) : default;
        return inside;
    }

    public static bool TryU64(ReadOnlySpan<byte> bytes, ulong offset, out ulong value)
    {
        var inside = Holds(bytes.Length, offset, sizeof(ulong));
        value = inside ? BinaryPrimitives.ReadUInt64LittleEndian(bytes[(int)offset..]) : default;
        return inside;
    }

    /// <summary>The zero-terminated text at an offset of a string table.</summary>
    public static bool TryText(ReadOnlySpan<byte> table, uint offset, out string text)
    {
        text = "";
        if (offset >= table.Length)
            return false;
        var rest = table[(int)offset..];
        var end = rest.IndexOf((byte)0);
        if (end < 0)
            return false;
        text = Encoding.UTF8.GetString(rest[..end]);
        return true;
    }
}
