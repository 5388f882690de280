namespace SkPaged.Engine.Cuda.Native;

/// <summary>What makes a file unreadable as a 64-bit little-endian ELF library.</summary>
internal enum ElfFaultKind
{
    NotElf,
    NotLittleEndian64,
    SectionTableOutOfFile,
    SectionOutOfFile,
    SectionMissing,
    TextOutOfTable,
    EntryOutOfSection,
    ChainDoesNotAdvance,
}

/// <summary>Where reading stopped: the kind of fault and the file offset in bytes.</summary>
internal sealed record ElfFault(ElfFaultKind Kind, long Offset)
{
    public override string ToString() => $"{Kind} at byte {Offset}";
}
