using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class ElfStubTests
{
    [SkippableFact]
    public void Once_it_is_loaded_by_path_the_system_finds_the_stub_by_its_name()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux only");
        using var folder = new TemporaryFolder();
        const string Soname = "skpaged_test_stub.so";
        Assert.False(NativeLibrary.TryLoad(Soname, out _));
        var file = folder.Write("another-file-name", ElfStub.WithSoname(Soname));
        var byPath = NativeLibrary.Load(file);
        Assert.True(NativeLibrary.TryLoad(Soname, out var byName));
        Assert.Equal(byPath, byName);
        NativeLibrary.Free(byName);
        NativeLibrary.Free(byPath);
    }

    [Fact]
    public void The_stub_is_a_whole_library() =>
        Assert.Equal(0, ElfHeader.Missing(ElfStub.WithSoname("torch_cpu.so"), 400));

    [SkippableFact]
    public void A_cut_library_lacks_as_many_bytes_as_were_cut()
    {
        var whole = TestLibraries.BindingBytes();
        var header = whole.AsSpan(0, ElfHeader.Size);
        Assert.Equal(0, ElfHeader.Missing(header, whole.Length));
        Assert.Equal(1, ElfHeader.Missing(header, whole.Length - 1));
        Assert.Equal(whole.Length - 100, ElfHeader.Missing(header, 100));
    }

    [Fact]
    public void A_file_shorter_than_a_header_is_not_whole()
    {
        using var folder = new TemporaryFolder();
        Assert.Equal(64, ElfHeader.Missing(folder.Write("empty.so", "")));
    }
}
