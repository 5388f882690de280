using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// Reader of <c>.gnu.version_d</c>: the names of the versions that a library provides.
/// </summary>
internal static class VersionDefinitions
{
    private const ulong EntrySize = 20;

    public static Either<ElfFault, ImmutableHashSet<string>> Read(ElfImage image) =>
        from section in image.Section(ElfSectionType.VersionDefinitions)
        from names in image.Linked(section)
        from versions in Names(image, section, names)
        select versions;

    // A definition's first name is its own; the others are the versions that it inherits.
    private static Either<ElfFault, ImmutableHashSet<string>> Names(
        ElfImage image, ElfSection section, ElfSection names)
    {
        var bytes = image.Content(section);
        var versions = ImmutableHashSet.CreateBuilder<string>();
        ulong at = 0;
        for (uint i = 0; i < section.Info; i++)
        {
            if (!ElfBytes.Holds(bytes.Length, at, EntrySize))
                return Fault(ElfFaultKind.EntryOutOfSection, section, at);
            ElfBytes.TryU32(bytes, at + 12, out var first);
            ElfBytes.TryU32(bytes, at + 16, out var next);
            if (!ElfBytes.TryU32(bytes, at + first, out var name))
                return Fault(ElfFaultKind.EntryOutOfSection, section, at);
            if (!ElfBytes.TryText(image.Content(names), name, out var version))
                return Fault(ElfFaultKind.TextOutOfTable, section, at);
            if (next < EntrySize && i + 1 < section.Info)
                return Fault(ElfFaultKind.ChainDoesNotAdvance, section, at);
            versions.Add(version);
            at += next;
        }
        return versions.ToImmutable();
    }

    private static ElfFault Fault(ElfFaultKind kind, ElfSection section, ulong at) =>
        new(kind, (long)(section.Offset + at));
}
