using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class ElfTests
{
    private const int Seed = 20261124;

    [SkippableFact]
    public void The_version_needs_of_TorchSharps_library_are_read()
    {
        var needs = Needs(TestLibraries.BindingBytes()).IfLeft(Fail<ImmutableArray<VersionNeed>>);
        var newest = Assert.Single(needs, need => need.Version == "GLIBCXX_3.4.32");
        Assert.Equal("libstdc++.so.6", newest.File);
        Assert.Equal(0, newest.Flags);
        Assert.Contains(needs, need => need is { File: "libc.so.6", Version: "GLIBC_2.34" });
    }

    [SkippableFact]
    public void Only_one_symbol_is_bound_to_the_newest_version_and_nothing_uses_it()
    {
        var image = ElfImage.Parse(TestLibraries.BindingBytes()).IfLeft(Fail<ElfImage>);
        var need = VersionNeeds.Read(image).IfLeft(Fail<ImmutableArray<VersionNeed>>)
            .Single(n => n.Version == "GLIBCXX_3.4.32");
        var symbol = Assert.Single(
            DynamicSymbols.OfVersion(image, need.Index).IfLeft(Fail<ImmutableArray<ElfSymbol>>));
        Assert.Equal("_ZSt21ios_base_library_initv", symbol.Name);
        Assert.Equal(0, DynamicSymbols.Uses(image, symbol.Index));
    }

    [SkippableFact]
    public void Symbols_that_the_code_calls_have_uses()
    {
        var image = ElfImage.Parse(TestLibraries.BindingBytes()).IfLeft(Fail<ElfImage>);
        var need = VersionNeeds.Read(image).IfLeft(Fail<ImmutableArray<VersionNeed>>)
            .Single(n => n is { File: "libstdc++.so.6", Version: "GLIBCXX_3.4.21" });
        var symbols = DynamicSymbols.OfVersion(image, need.Index)
            .IfLeft(Fail<ImmutableArray<ElfSymbol>>);
        Assert.NotEmpty(symbols);
        Assert.Contains(symbols, symbol => DynamicSymbols.Uses(image, symbol.Index) > 0);
    }

    [SkippableFact]
    public void The_versions_that_the_systems_libstdcpp_defines_are_read()
    {
        var loaded = LoadedLibraries.Named("libstdc++.so.6");
        Skip.If(loaded.Count == 0, "no libstdc++ on this system");
        Assert.True(SystemLibrary.FileProvides(loaded[0], "GLIBCXX_3.4.11"));
        Assert.False(SystemLibrary.FileProvides(loaded[0], "GLIBCXX_9.9.99"));
    }

    [Theory]
    [InlineData("", ElfFaultKind.NotElf)]
    [InlineData("7f454c46", ElfFaultKind.NotElf)]
    [InlineData("4d5a90000300", ElfFaultKind.NotElf)]
    public void Bytes_that_are_no_library_are_a_fault(string hex, object expected) =>
        Assert.Equal(expected, FaultOf(Convert.FromHexString(hex)).Kind);

    [Fact]
    public void A_32_bit_or_big_endian_library_is_a_fault()
    {
        var header = new byte[64];
        "\u007fELF"u8.CopyTo(header);
        header[4] = 1;
        header[5] = 1;
        Assert.Equal(ElfFaultKind.NotLittleEndian64, FaultOf(header).Kind);
        header[4] = 2;
        header[5] = 2;
        Assert.Equal(ElfFaultKind.NotLittleEndian64, FaultOf(header).Kind);
    }

    [SkippableFact]
    public void A_truncated_library_is_a_fault_wherever_it_is_cut()
    {
        var whole = TestLibraries.BindingBytes();
        var random = new Random(Seed);
        for (var i = 0; i < 200; i++)
        {
            var length = random.Next(whole.Length);
            Assert.True(Everything(whole.AsMemory(0, length)).IsLeft, $"cut at {length}");
        }
    }

    [SkippableFact]
    public void Damaged_tables_never_throw()
    {
        var whole = TestLibraries.BindingBytes();
        var image = ElfImage.Parse(whole).IfLeft(Fail<ElfImage>);
        var random = new Random(Seed);
        var faults = 0;
        for (var i = 0; i < 300; i++)
        {
            var damaged = (byte[])whole.Clone();
            Damage(damaged, image, random);
            faults += Everything(damaged).IsLeft ? 1 : 0;
        }
        Assert.InRange(faults, 50, 300);
    }

    // Random bytes over the file's header, the section table's end or one of the version tables.
    private static void Damage(byte[] bytes, ElfImage image, Random random)
    {
        var needs = image.Section(ElfSectionType.VersionNeeds).IfLeft(Fail<ElfSection>);
        var (start, length) = random.Next(3) switch
        {
            0 => (4, 60),
            1 => (bytes.Length - 3000, 3000),
            _ => ((int)needs.Offset, (int)needs.Size),
        };
        for (var n = random.Next(1, 16); n > 0; n--)
            bytes[start + random.Next(length)] = (byte)random.Next(256);
    }

    private static Either<ElfFault, int> Everything(ReadOnlyMemory<byte> bytes) =>
        from image in ElfImage.Parse(bytes)
        from needs in VersionNeeds.Read(image)
        from symbols in needs.Map(need => DynamicSymbols.OfVersion(image, need.Index)).Sequence()
        select symbols.Sum(found => found.Length);

    private static Either<ElfFault, ImmutableArray<VersionNeed>> Needs(
        ReadOnlyMemory<byte> bytes) =>
        from image in ElfImage.Parse(bytes)
        from needs in VersionNeeds.Read(image)
        select needs;

    private static ElfFault FaultOf(ReadOnlyMemory<byte> bytes) =>
        Needs(bytes).Match(
            Right: _ => throw new InvalidOperationException("was read"), Left: fault => fault);

    private static T Fail<T>(ElfFault fault) =>
        throw new InvalidOperationException(fault.ToString());
}
