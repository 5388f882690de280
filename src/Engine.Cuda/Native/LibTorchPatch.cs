using LanguageExt;

namespace SkPaged.Engine.Cuda.Native;

/// <summary>
/// TorchSharp's native library asks for a libstdc++ newer than Debian 12 and Ubuntu 22.04 have, for
/// the sake of one symbol that its code never refers to. A copy in which that need is marked weak
/// loads there.
/// </summary>
internal static class LibTorchPatch
{
    public const string Library = "libstdc++.so.6";

    public const string Version = "GLIBCXX_3.4.32";

    /// <summary>
    /// What GCC 13 makes a library refer to when it includes iostream; the code does not call it.
    /// </summary>
    public const string UnusedSymbol = "_ZSt21ios_base_library_initv";

    /// <summary>
    /// The library with the need marked weak: two bytes differ. Refuses unless all is as known.
    /// </summary>
    public static Either<PatchRefusal, byte[]> Weaken(ReadOnlyMemory<byte> original) =>
        from image in ElfImage.Parse(original).MapLeft(Unreadable)
        from needs in VersionNeeds.Read(image).MapLeft(Unreadable)
        from need in TheNeed([.. needs.Where(n => n.File == Library && n.Version == Version)])
        from symbols in DynamicSymbols.OfVersion(image, need.Index).MapLeft(Unreadable)
        from _ in NeverUsed(image, [.. symbols])
        select WithWeakFlag(original, need);

    private static PatchRefusal Unreadable(ElfFault fault) => new PatchRefusal.NotReadable(fault);

    private static Either<PatchRefusal, VersionNeed> TheNeed(VersionNeed[] found) => found switch
    {
        [{ Flags: 0 } need] => need,
        [var need] => new PatchRefusal.UnexpectedFlags(need.Flags),
        _ => new PatchRefusal.NotOneNeed(found.Length),
    };

    private static Either<PatchRefusal, Unit> NeverUsed(ElfImage image, ElfSymbol[] symbols) =>
        symbols switch
        {
            [{ Name: UnusedSymbol } symbol] => DynamicSymbols.Uses(image, symbol.Index) switch
            {
                0 => Unit.Default,
                var uses => new PatchRefusal.SymbolIsUsed(symbol.Name, uses),
            },
            _ => new PatchRefusal.OtherSymbols([.. symbols.Select(symbol => symbol.Name)]),
        };

    private static byte[] WithWeakFlag(ReadOnlyMemory<byte> original, VersionNeed need)
    {
        var copy = original.ToArray();
        copy[need.FlagsOffset] = (byte)VersionNeeds.Weak;
        copy[need.FlagsOffset + 1] = 0;
        return copy;
    }
}
