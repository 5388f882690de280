using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>A dynamic symbol: its place in the symbol table and its name.</summary>
internal sealed record ElfSymbol(uint Index, string Name);

/// <summary>Which symbols are bound to a version, and how often the code refers to them.</summary>
internal static class DynamicSymbols
{
    private const ulong SymbolSize = 24;

    private const ulong RelocationSize = 24;

    // The top bit of a symbol's version number says "hidden"; the number is the rest.
    private const ushort VersionMask = 0x7fff;

    /// <summary>The symbols whose version has this index.</summary>
    public static Either<ElfFault, ImmutableArray<ElfSymbol>> OfVersion(
        ElfImage image, ushort index) =>
        from versions in image.Section(ElfSectionType.SymbolVersions)
        from symbols in image.Section(ElfSectionType.DynamicSymbols)
        from names in image.Linked(symbols)
        from found in Select(image, versions, symbols, names, index)
        select found;

    /// <summary>How many relocations, that is uses by code or data, name the symbol.</summary>
    public static int Uses(ElfImage image, uint symbol) =>
        image.Sections
            .Where(section => section.Type == ElfSectionType.Relocations)
            .Sum(section => Uses(image.Content(section), symbol));

    private static Either<ElfFault, ImmutableArray<ElfSymbol>> Select(
        ElfImage image, ElfSection versions, ElfSection symbols, ElfSection names, ushort index)
    {
        var found = ImmutableArray.CreateBuilder<ElfSymbol>();
        for (uint i = 0; i < symbols.Size / SymbolSize; i++)
        {
            if (!ElfBytes.TryU16(image.Content(versions), i * 2, out var version))
                return new ElfFault(
                    ElfFaultKind.EntryOutOfSection, (long)(versions.Offset + (i * 2)));
            if ((version & VersionMask) != index)
                continue;
            ElfBytes.TryU32(image.Content(symbols), i * SymbolSize, out var at);
            if (!ElfBytes.TryText(image.Content(names), at, out var name))
                return new ElfFault(
                    ElfFaultKind.TextOutOfTable, (long)(symbols.Offset + (i * SymbolSize)));
            found.Add(new(i, name));
        }
        return found.ToImmutable();
    }

    private static int Uses(ReadOnlySpan<byte> relocations, uint symbol)
    {
        var uses = 0;
        for (ulong at = 0; at + RelocationSize <= (ulong)relocations.Length; at += RelocationSize)
        {
            // r_info: the symbol is the upper half, the kind of relocation the lower.
            ElfBytes.TryU32(relocations, at + 12, out var used);
            uses += used == symbol ? 1 : 0;
        }
        return uses;
    }
}
