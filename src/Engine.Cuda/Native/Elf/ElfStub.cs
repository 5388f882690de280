using System.Buffers.Binary;
using System.Text;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Makes the smallest shared library that Linux loads: no code, no data, only a name (soname).
/// </summary>
internal static class ElfStub
{
    // The file: [0, 64) header, [64, 232) three program headers, [232, 328) dynamic section,
    // [328, 352) symbol table of the one obligatory empty symbol, [352, ...) string table.
    private const int ProgramHeaders = 64;

    private const int Dynamic = ProgramHeaders + (3 * 56);

    private const int Symbols = Dynamic + (6 * 16);

    private const int Strings = Symbols + 24;

    /// <summary>
    /// The bytes of a 64-bit x86 library that is found under <paramref name="soname"/>.
    /// </summary>
    public static byte[] WithSoname(string soname)
    {
        var name = Encoding.ASCII.GetBytes(soname);
        var stringsSize = name.Length + 2;
        var bytes = new byte[Strings + stringsSize];
        Header(bytes);
        // Loaded readable and writable: the loader turns offsets of the dynamic section into
        // addresses.
        ProgramHeader(bytes, 0, type: 1, flags: 6, offset: 0, size: bytes.Length, align: 4096);
        const int DynamicSize = Symbols - Dynamic;
        ProgramHeader(bytes, 1, type: 2, flags: 6, offset: Dynamic, size: DynamicSize, align: 8);
        // PT_GNU_STACK, not executable: without it the loader would make every stack executable.
        ProgramHeader(bytes, 2, type: 0x6474e551, flags: 6, offset: 0, size: 0, align: 16);
        // DT_SONAME, DT_STRTAB, DT_STRSZ, DT_SYMTAB, DT_SYMENT, DT_NULL
        (long Tag, long Value)[] entries =
            [(14, 1), (5, Strings), (10, stringsSize), (6, Symbols), (11, 24), (0, 0)];
        for (var i = 0; i < entries.Length; i++)
        {
            Write64(bytes, Dynamic + (i * 16), entries[i].Tag);
            Write64(bytes, Dynamic + (i * 16) + 8, entries[i].Value);
        }
        name.CopyTo(bytes, Strings + 1);
        return bytes;
    }

    private static void Header(byte[] bytes)
    {
        "\u007fELF"u8.CopyTo(bytes);
        bytes[4] = 2; // 64 bits
        bytes[5] = 1; // little-endian
        bytes[6] = 1; // ELF version
        Write16(bytes, 16, 3); // a shared library
        Write16(bytes, 18, 62); // x86-64
        Write32(bytes, 20, 1); // ELF version, again
        Write64(bytes, 32, ProgramHeaders);
        Write16(bytes, 52, 64); // size of this header
        Write16(bytes, 54, 56); // size of a program header
        Write16(bytes, 56, 3); // program headers
        Write16(bytes, 58, 64); // size of a section header; there are none
    }

    private static void ProgramHeader(
        byte[] bytes, int index, uint type, uint flags, long offset, long size, long align)
    {
        var at = ProgramHeaders + (index * 56);
        Write32(bytes, at, type);
        Write32(bytes, at + 4, flags);
        Write64(bytes, at + 8, offset);
        Write64(bytes, at + 16, offset);
        Write64(bytes, at + 24, offset);
        Write64(bytes, at + 32, size);
        Write64(bytes, at + 40, size);
        Write64(bytes, at + 48, align);
    }

    private static void Write16(byte[] bytes, int at, ushort value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(at), value);

    private static void Write32(byte[] bytes, int at, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), value);

    private static void Write64(byte[] bytes, int at, long value) =>
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(at), value);
}
