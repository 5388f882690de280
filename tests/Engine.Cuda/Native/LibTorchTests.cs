using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public sealed class LibTorchTests
{
    [Fact]
    public void After_load_torch_computes()
    {
        LibTorch.Load();
        using var ones = torch.ones(2, 2);
        using var sum = ones.sum();
        Assert.Equal(4, sum.item<float>());
    }

    [Fact]
    public void Every_call_from_any_thread_gives_the_same_location()
    {
        var first = LibTorch.Load();
        var locations = new LibTorchLocation[8];
        Parallel.For(0, locations.Length, i => locations[i] = LibTorch.Load());
        Assert.All(locations, location => Assert.Same(first, location));
        Assert.NotEmpty(first.Version);
    }

    [SkippableFact]
    public void The_copy_is_in_use_exactly_where_libstdcpp_is_too_old()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux only");
        var location = LibTorch.Load();
        var system = Assert.Single(LoadedLibraries.Named("libstdc++.so.6"));
        Assert.Equal(
            SystemLibrary.FileProvides(system, LibTorchPatch.Version), !location.Patched);
    }

    [SkippableFact]
    public void The_process_holds_each_library_once()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "Linux only");
        var location = LibTorch.Load();
        torch.TryInitializeDeviceType(DeviceType.CPU);
        torch.cuda.is_available();
        var binding = Assert.Single(LoadedLibraries.Named(LibTorchLocator.Binding));
        Assert.Equal(location.Binding, binding);
        var cpu = Assert.Single(LoadedLibraries.Named(LibTorchLocator.Cpu));
        Assert.Equal(location.Folder, Path.GetDirectoryName(cpu));
    }

    [Fact]
    public void A_failed_native_call_is_an_exception_and_no_crash()
    {
        using var ones = torch.ones(2, 3);
        var error = Assert.Throws<ExternalException>(() => ones.reshape(4));
        Assert.Contains("shape '[4]' is invalid", error.Message, StringComparison.Ordinal);
    }
}
