using System.Security.Cryptography;
using System.Text;
using LanguageExt;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class LibTorchPatchTests
{
    [SkippableFact]
    public void The_copy_differs_from_the_original_in_the_flags_alone()
    {
        var original = TestLibraries.BindingBytes();
        var copy = Weakened(original);
        var need = NewestNeed(original);
        Assert.Equal(original.Length, copy.Length);
        var different = Enumerable.Range(0, copy.Length).Where(i => copy[i] != original[i]);
        Assert.All(different, at => Assert.InRange(at, need.FlagsOffset, need.FlagsOffset + 1));
        Assert.Equal(VersionNeeds.Weak, NewestNeed(copy).Flags);
    }

    [SkippableFact]
    public void A_copy_is_not_weakened_twice()
    {
        var refusal = RefusalOf(Weakened(TestLibraries.BindingBytes()));
        Assert.Equal(new PatchRefusal.UnexpectedFlags(VersionNeeds.Weak), refusal);
    }

    [SkippableFact]
    public void A_library_whose_code_uses_the_symbol_is_refused()
    {
        var bytes = TestLibraries.BindingBytes();
        var image = ElfImage.Parse(bytes).IfLeft(_ => throw new InvalidOperationException());
        var symbol = DynamicSymbols.OfVersion(image, NewestNeed(bytes).Index)
            .IfLeft(_ => throw new InvalidOperationException())[0];
        var relocations = image.Sections.First(s => s.Type == ElfSectionType.Relocations);
        BitConverter.TryWriteBytes(bytes.AsSpan((int)relocations.Offset + 12), symbol.Index);
        Assert.Equal(new PatchRefusal.SymbolIsUsed(symbol.Name, 1), RefusalOf(bytes));
    }

    [SkippableFact]
    public void A_library_that_binds_other_symbols_to_the_version_is_refused()
    {
        var bytes = TestLibraries.BindingBytes();
        var image = ElfImage.Parse(bytes).IfLeft(_ => throw new InvalidOperationException());
        var versions = image.Section(ElfSectionType.SymbolVersions)
            .IfLeft(_ => throw new InvalidOperationException());
        BitConverter.TryWriteBytes(bytes.AsSpan((int)versions.Offset + 2), NewestNeed(bytes).Index);
        var refusal = Assert.IsType<PatchRefusal.OtherSymbols>(RefusalOf(bytes));
        Assert.Equal(2, refusal.Names.Length);
        Assert.Contains(LibTorchPatch.UnusedSymbol, refusal.Names);
    }

    [SkippableFact]
    public void A_library_that_does_not_ask_for_the_version_is_refused()
    {
        var bytes = TestLibraries.BindingBytes();
        var name = bytes.AsSpan().IndexOf("GLIBCXX_3.4.32"u8);
        bytes[name] = (byte)'X';
        Assert.Equal(new PatchRefusal.NotOneNeed(0), RefusalOf(bytes));
    }

    [Fact]
    public void Anything_else_is_refused_as_unreadable() =>
        Assert.Equal(
            "not a readable ELF library (NotElf at byte 0)",
            RefusalOf(Encoding.ASCII.GetBytes("MZ not a library")).ToString());

    [SkippableFact]
    public void The_cached_copy_is_made_once_and_the_original_is_left_alone()
    {
        var before = SHA256.HashData(TestLibraries.BindingBytes());
        using var cache = new TemporaryFolder();
        var path = CachedCopy(cache.Path);
        var made = File.GetLastWriteTimeUtc(path);
        Assert.Equal(Weakened(TestLibraries.BindingBytes()), File.ReadAllBytes(path));
        Assert.Equal(path, CachedCopy(cache.Path));
        Assert.Equal(made, File.GetLastWriteTimeUtc(path));
        Assert.Equal(before, SHA256.HashData(TestLibraries.BindingBytes()));
        Assert.Single(Directory.EnumerateFiles(cache.Path, "*", SearchOption.AllDirectories));
    }

    [SkippableFact]
    public void A_damaged_cached_copy_is_replaced()
    {
        using var cache = new TemporaryFolder();
        var bytes = TestLibraries.BindingBytes();
        var path = CachedCopy(cache.Path);
        File.WriteAllBytes(path, bytes[..1000]);
        Assert.Equal(path, CachedCopy(cache.Path));
        Assert.Equal(Weakened(bytes), File.ReadAllBytes(path));
    }

    [SkippableFact]
    public void Many_at_once_make_the_same_whole_copy()
    {
        using var cache = new TemporaryFolder();
        var expected = Weakened(TestLibraries.BindingBytes());
        Parallel.For(0, 8, _ =>
            Assert.Equal(expected, File.ReadAllBytes(CachedCopy(cache.Path))));
        Assert.Single(Directory.EnumerateFiles(cache.Path, "*", SearchOption.AllDirectories));
    }

    private static string CachedCopy(string cache) =>
        LibraryCache.WeakenedCopy(TestLibraries.Binding!, cache)
            .IfLeft(refusal => throw new InvalidOperationException(refusal.ToString()));

    private static byte[] Weakened(byte[] original) =>
        LibTorchPatch.Weaken(original)
            .IfLeft(refusal => throw new InvalidOperationException(refusal.ToString()));

    private static PatchRefusal RefusalOf(byte[] bytes) =>
        LibTorchPatch.Weaken(bytes).Match(
            Right: _ => throw new InvalidOperationException("was accepted"),
            Left: refusal => refusal);

    private static VersionNeed NewestNeed(byte[] bytes) =>
        (from image in ElfImage.Parse(bytes)
         from needs in VersionNeeds.Read(image)
         select needs.Single(need => need.Version == LibTorchPatch.Version))
        .IfLeft(fault => throw new InvalidOperationException(fault.ToString()));
}
