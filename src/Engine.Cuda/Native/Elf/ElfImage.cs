using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

internal enum ElfSectionType : uint
{
    Relocations = 4,
    NoBits = 8,
    DynamicSymbols = 11,
    VersionDefinitions = 0x6ffffffd,
    VersionNeeds = 0x6ffffffe,
    SymbolVersions = 0x6fffffff,
}

/// <summary>
/// A section's header: bytes [Offset, Offset + Size) of the file; Link is another section's index.
/// </summary>
internal sealed record ElfSection(
    ElfSectionType Type, ulong Offset, ulong Size, uint Link, uint Info);

/// <summary>A 64-bit little-endian ELF file whose sections all lie within its bytes.</summary>
internal sealed record ElfImage(ReadOnlyMemory<byte> Bytes, ImmutableArray<ElfSection> Sections)
{
    private const int HeaderSize = 64;

    private const int SectionHeaderSize = 64;

    /// <summary>
    /// Reads the section table. Never throws: bytes that are no ELF file are a fault.
    /// </summary>
    public static Either<ElfFault, ElfImage> Parse(ReadOnlyMemory<byte> file)
    {
        var bytes = file.Span;
        if (bytes.Length < HeaderSize || !bytes.StartsWith("\u007fELF"u8))
            return new ElfFault(ElfFaultKind.NotElf, 0);
        if (bytes[4] != 2 || bytes[5] != 1)
            return new ElfFault(ElfFaultKind.NotLittleEndian64, 4);
        ElfBytes.TryU64(bytes, 0x28, out var table);
        ElfBytes.TryU16(bytes, 0x3a, out var entrySize);
        ElfBytes.TryU16(bytes, 0x3c, out var count);
        if (entrySize != SectionHeaderSize
            || !ElfBytes.Holds(bytes.Length, table, (ulong)count * SectionHeaderSize))
            return new ElfFault(ElfFaultKind.SectionTableOutOfFile, 0x28);
        var sections = ImmutableArray.CreateBuilder<ElfSection>(count);
        for (var i = 0; i < count; i++)
        {
            var header = table + ((ulong)i * SectionHeaderSize);
            var section = ReadSection(bytes, header);
            if (section.Type != ElfSectionType.NoBits
                && !ElfBytes.Holds(bytes.Length, section.Offset, section.Size))
                return new ElfFault(ElfFaultKind.SectionOutOfFile, (long)header);
            sections.Add(section);
        }
        return new ElfImage(file, sections.MoveToImmutable());
    }

    /// <summary>The first section of a type.</summary>
    public Either<ElfFault, ElfSection> Section(ElfSectionType type) =>
        Sections.FirstOrDefault(section => section.Type == type) is { } found
            ? found
            : new ElfFault(ElfFaultKind.SectionMissing, (long)type);

    /// <summary>
    /// The section that another one names as its link, such as the string table of a symbol table.
    /// </summary>
    public Either<ElfFault, ElfSection> Linked(ElfSection section) =>
        section.Link < Sections.Length && Sections[(int)section.Link].Type != ElfSectionType.NoBits
            ? Sections[(int)section.Link]
            : new ElfFault(ElfFaultKind.SectionMissing, section.Link);

    /// <summary>The section's bytes; empty for one that occupies no room in the file.</summary>
    public ReadOnlySpan<byte> Content(ElfSection section) =>
        section.Type == ElfSectionType.NoBits
            ? []
            : Bytes.Span.Slice((int)section.Offset, (int)section.Size);

    // The caller has checked that the whole header lies within the file.
    private static ElfSection ReadSection(ReadOnlySpan<byte> bytes, ulong header)
    {
        ElfBytes.TryU32(bytes, header + 4, out var type);
        ElfBytes.TryU64(bytes, header + 24, out var offset);
        ElfBytes.TryU64(bytes, header + 32, out var size);
        ElfBytes.TryU32(bytes, header + 40, out var link);
        ElfBytes.TryU32(bytes, header + 44, out var info);
        return new ElfSection((ElfSectionType)type, offset, size, link, info);
    }
}
