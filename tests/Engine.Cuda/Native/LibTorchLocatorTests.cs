using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class LibTorchLocatorTests : IDisposable
{
    private readonly TemporaryFolder _package = new();

    private readonly TemporaryFolder _pytorch = new();

    public LibTorchLocatorTests() =>
        Touch(
            _package,
            "libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so",
            "libLibTorchSharp.so");

    public void Dispose()
    {
        _package.Dispose();
        _pytorch.Dispose();
    }

    [Fact]
    public void The_package_is_found_and_its_libraries_are_in_loading_order()
    {
        var files = Found(Environment(null));
        Assert.Equal(LibTorchSource.Package, files.Source);
        Assert.Equal(
            ["libgomp-98b21ff3.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"],
            files.Libraries.Select(Path.GetFileName));
        Assert.Equal(_package["libLibTorchSharp.so"], files.Binding);
        Assert.Equal(_package.Path, files.Folder);
        Assert.False(files.HasCuda);
    }

    [Fact]
    public void The_two_packages_may_lie_in_folders_of_their_own()
    {
        using var binding = new TemporaryFolder();
        File.Move(_package["libLibTorchSharp.so"], binding["libLibTorchSharp.so"]);
        var files = Found(new(null, ["/no/such/folder", binding.Path, _package.Path], null));
        Assert.Equal(binding["libLibTorchSharp.so"], files.Binding);
        Assert.Equal(_package.Path, files.Folder);
    }

    [Fact]
    public void A_named_folder_comes_before_the_package_and_brings_its_CUDA_part()
    {
        Touch(
            _pytorch,
            "libgomp.so.1", "libc10.so", "libc10_cuda.so", "libtorch_cpu.so", "libtorch_cuda.so",
            "libtorch.so", "libtorch_cuda_linalg.so");
        var files = Found(Environment(_pytorch.Path));
        Assert.Equal(LibTorchSource.Environment, files.Source);
        Assert.Equal(
            new[]
            {
                "libgomp.so.1", "libc10.so", "libtorch_cpu.so", "libc10_cuda.so",
                "libtorch_cuda.so", "libtorch.so",
            }.Select(name => _pytorch[name]),
            files.Libraries);
        Assert.Equal(_package["libLibTorchSharp.so"], files.Binding);
        Assert.True(files.HasCuda);
    }

    [Fact]
    public void A_named_folder_that_lacks_libraries_is_an_error_and_the_package_is_not_taken()
    {
        Touch(_pytorch, "libc10.so");
        Assert.Equal<string>(
            [$"SKPAGED_LIBTORCH = {_pytorch.Path}: lacks libtorch_cpu.so, libtorch.so"],
            Tried(Environment(_pytorch.Path)));
    }

    [Fact]
    public void A_named_folder_that_does_not_exist_is_named_in_the_error()
    {
        var folder = _pytorch["none"];
        Assert.Equal<string>(
            [$"SKPAGED_LIBTORCH = {folder}: no such folder"], Tried(Environment(folder)));
    }

    [Fact]
    public void An_application_without_the_package_hears_of_every_folder_that_was_searched()
    {
        using var first = new TemporaryFolder();
        var tried = Tried(new(null, [first.Path, "/no/such/folder"], null));
        Assert.Equal<string>(
            [
                $"package in {first.Path}: lacks libc10.so, libtorch_cpu.so, libtorch.so",
                "package in /no/such/folder: no such folder",
                $"package in {first.Path}: lacks libLibTorchSharp.so",
                "package in /no/such/folder: lacks libLibTorchSharp.so",
            ],
            tried);
    }

    [Fact]
    public void The_message_lists_what_was_tried()
    {
        var tried = Tried(Environment("/none"));
        var message = new LibTorchException("libtorch was not found.", tried).Message;
        Assert.StartsWith("libtorch was not found.", message, StringComparison.Ordinal);
        Assert.Contains(
            "SKPAGED_LIBTORCH = /none: no such folder", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/a", "/b", "/c", "/a")]
    [InlineData(null, "/b", "/c", "/b/skpaged")]
    [InlineData(null, null, "/c", "/c/.cache/skpaged")]
    [InlineData(null, null, null, null)]
    public void The_cache_is_the_users(string? own, string? xdg, string? home, string? expected) =>
        Assert.Equal(
            expected,
            LibTorchEnvironment.Cache(name => name switch
            {
                "SKPAGED_CACHE" => own,
                "XDG_CACHE_HOME" => xdg,
                "HOME" => home,
                _ => throw new ArgumentException(name),
            }));

    [Fact]
    public void The_hosts_folders_come_first_and_none_twice() =>
        Assert.Equal<string>(
            ["/nuget/torchsharp", "/app/runtimes/linux-x64/native", "/app"],
            LibTorchEnvironment.NativeFolders(
                string.Join(
                    Path.PathSeparator, "/nuget/torchsharp/", "/app/runtimes/linux-x64/native/"),
                "/app/"));

    [Fact]
    public void Loaded_libraries_are_read_from_the_kernels_list()
    {
        string[] maps =
        [
            "7f0000000000-7f0000001000 r--p 00000000 fe:00 1   /usr/lib/libstdc++.so.6.0.30",
            "7f0000001000-7f0000002000 r-xp 00001000 fe:00 1   /usr/lib/libstdc++.so.6.0.30",
            "7f0000002000-7f0000003000 rw-p 00000000 00:00 0",
            "7f0000003000-7f0000004000 rw-p 00000000 00:00 0   [heap]",
            "7f0000004000-7f0000005000 r-xp 00000000 fe:00 2   /opt/my app/libstdc++.so.6",
            "7f0000005000-7f0000006000 r-xp 00000000 fe:00 3   /usr/lib/libstdc++.so.66",
        ];
        Assert.Equal(
            ["/usr/lib/libstdc++.so.6.0.30", "/opt/my app/libstdc++.so.6"],
            LoadedLibraries.Named(maps, "libstdc++.so.6"));
    }

    private static void Touch(TemporaryFolder folder, params string[] names) =>
        Array.ForEach(names, name => folder.Write(name, ""));

    private LibTorchEnvironment Environment(string? folder) => new(folder, [_package.Path], null);

    private static LibTorchFiles Found(LibTorchEnvironment environment) =>
        LibTorchLocator.Locate(environment).IfLeft(
            tried => throw new InvalidOperationException(string.Join(';', tried)));

    private static ImmutableArray<string> Tried(LibTorchEnvironment environment) =>
        LibTorchLocator.Locate(environment).Match(
            Right: files => throw new InvalidOperationException(files.ToString()),
            Left: tried => tried);
}
