using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Native;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>Algorithms of products as bytes, and back.</summary>
/// <remarks>
/// A tag of 8 bytes, then for each product: rows, inputs, outputs and flags as int32 in little
/// endian, and the 64 bytes of the algorithm as cuBLASLt has them in memory.
/// </remarks>
internal static class ProductTable
{
    private const int IsAdded = 1, IsWide = 2;

    private static readonly int _algorithmBytes = Marshal.SizeOf<CublasLt.Algorithm>();

    private static int EntryBytes => 4 * sizeof(int) + _algorithmBytes;

    private static ReadOnlySpan<byte> Tag => "skprods1"u8;

    /// <summary>The bytes of a table; the same for the same table.</summary>
    public static byte[] Encode(IReadOnlyDictionary<ProductShape, CublasLt.Algorithm> table)
    {
        var bytes = new byte[Tag.Length + table.Count * EntryBytes];
        Tag.CopyTo(bytes);
        var rest = bytes.AsSpan(Tag.Length);
        foreach (var (shape, algorithm) in table
            .OrderBy(entry => entry.Key.Rows).ThenBy(entry => entry.Key.Inputs)
            .ThenBy(entry => entry.Key.Outputs).ThenBy(entry => FlagsOf(entry.Key)))
        {
            ReadOnlySpan<int> fields =
                [shape.Rows, shape.Inputs, shape.Outputs, FlagsOf(shape)];
            for (var i = 0; i < fields.Length; i++)
                BinaryPrimitives.WriteInt32LittleEndian(rest[(i * sizeof(int))..], fields[i]);
            MemoryMarshal.Write(rest[(fields.Length * sizeof(int))..], in algorithm);
            rest = rest[EntryBytes..];
        }
        return bytes;
    }

    /// <summary>The table of some bytes; empty where they are not those of one.</summary>
    public static Dictionary<ProductShape, CublasLt.Algorithm> Decode(ReadOnlySpan<byte> bytes)
    {
        var table = new Dictionary<ProductShape, CublasLt.Algorithm>();
        if (!bytes.StartsWith(Tag) || (bytes.Length - Tag.Length) % EntryBytes != 0)
            return [];
        for (var rest = bytes[Tag.Length..]; !rest.IsEmpty; rest = rest[EntryBytes..])
        {
            var flags = Field(rest, 3);
            var shape = new ProductShape(
                Field(rest, 0), Field(rest, 1), Field(rest, 2), (flags & IsAdded) != 0,
                (flags & IsWide) != 0);
            if (shape.Rows < 1 || shape.Inputs < 1 || shape.Outputs < 1
                || flags != FlagsOf(shape)
                || !table.TryAdd(
                    shape, MemoryMarshal.Read<CublasLt.Algorithm>(rest[(4 * sizeof(int))..])))
                return [];
        }
        return table;
    }

    private static int Field(ReadOnlySpan<byte> entry, int place) =>
        BinaryPrimitives.ReadInt32LittleEndian(entry[(place * sizeof(int))..]);

    private static int FlagsOf(ProductShape shape) =>
        (shape.IsAdded ? IsAdded : 0) | (shape.IsWide ? IsWide : 0);
}
