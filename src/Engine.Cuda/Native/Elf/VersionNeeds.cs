using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>A version of another library that this library asks for.</summary>
/// <param name="File">The library asked, such as <c>libstdc++.so.6</c>.</param>
/// <param name="Version">The version's name, such as <c>GLIBCXX_3.4.32</c>.</param>
/// <param name="Index">The number by which symbols refer to it.</param>
/// <param name="Flags"><see cref="VersionNeeds.Weak"/>, or 0: the loader refuses when it is
/// missing.</param>
/// <param name="FlagsOffset">Where the two bytes of the flags lie in the file.</param>
internal sealed record VersionNeed(
    string File, string Version, ushort Index, ushort Flags, long FlagsOffset);

/// <summary>
/// Reader of <c>.gnu.version_r</c>: a chain of libraries, each with a chain of versions.
/// </summary>
internal static class VersionNeeds
{
    /// <summary>VER_FLG_WEAK: a missing version is no reason to refuse the library.</summary>
    public const ushort Weak = 2;

    private const ulong EntrySize = 16;

    public static Either<ElfFault, ImmutableArray<VersionNeed>> Read(ElfImage image) =>
        from section in image.Section(ElfSectionType.VersionNeeds)
        from names in image.Linked(section)
        from needs in Libraries(image, section, names)
        select needs;

    private static Either<ElfFault, ImmutableArray<VersionNeed>> Libraries(
        ElfImage image, ElfSection section, ElfSection names)
    {
        var bytes = image.Content(section);
        var needs = ImmutableArray.CreateBuilder<VersionNeed>();
        ulong at = 0;
        for (uint library = 0; library < section.Info; library++)
        {
            if (!ElfBytes.Holds(bytes.Length, at, EntrySize))
                return Fault(ElfFaultKind.EntryOutOfSection, section, at);
            ElfBytes.TryU16(bytes, at + 2, out var count);
            ElfBytes.TryU32(bytes, at + 4, out var file);
            ElfBytes.TryU32(bytes, at + 8, out var first);
            ElfBytes.TryU32(bytes, at + 12, out var next);
            if (!ElfBytes.TryText(image.Content(names), file, out var name))
                return Fault(ElfFaultKind.TextOutOfTable, section, at);
            var fault = Versions(image, section, names, name, at + first, count, needs);
            if (fault is not null)
                return fault;
            if (next < EntrySize && library + 1 < section.Info)
                return Fault(ElfFaultKind.ChainDoesNotAdvance, section, at);
            at += next;
        }
        return needs.ToImmutable();
    }

    private static ElfFault? Versions(
        ElfImage image, ElfSection section, ElfSection names, string file, ulong at, ushort count,
        ImmutableArray<VersionNeed>.Builder needs)
    {
        var bytes = image.Content(section);
        for (var i = 0; i < count; i++)
        {
            if (!ElfBytes.Holds(bytes.Length, at, EntrySize))
                return Fault(ElfFaultKind.EntryOutOfSection, section, at);
            ElfBytes.TryU16(bytes, at + 4, out var flags);
            ElfBytes.TryU16(bytes, at + 6, out var index);
            ElfBytes.TryU32(bytes, at + 8, out var name);
            ElfBytes.TryU32(bytes, at + 12, out var next);
            if (!ElfBytes.TryText(image.Content(names), name, out var version))
                return Fault(ElfFaultKind.TextOutOfTable, section, at);
            if (next < EntrySize && i + 1 < count)
                return Fault(ElfFaultKind.ChainDoesNotAdvance, section, at);
            needs.Add(new(file, version, index, flags, (long)(section.Offset + at + 4)));
            at += next;
        }
        return null;
    }

    private static ElfFault Fault(ElfFaultKind kind, ElfSection section, ulong at) =>
        new(kind, (long)(section.Offset + at));
}
