using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Native;

public class CudaLibraryLocatorTests
{
    private static readonly string[] _systems = ["libnvrtc.so.13", "libnvrtc.so.12"];

    [Fact]
    public void A_named_folder_comes_first_then_the_process_then_libtorch_then_toolkits()
    {
        using var root = new TemporaryFolder();
        string[] expected =
        [
            Make(root, "named/libnvrtc.so.12"),
            "/loaded/libnvrtc.so.13",
            Make(root, "torch/lib/libnvrtc-d833c4f3.so.12"),
            Make(root, "nvidia/cu13/lib/libnvrtc.so.13"),
            Make(root, "toolkit/targets/x86_64-linux/lib/libnvrtc.so.13"),
            Make(root, "other/lib64/libnvrtc.so.12"),
        ];
        Make(root, "torch/lib/libnvrtc-builtins.so.13.0");
        Make(root, "nvidia/cu13/lib/libnvrtc.alt.so.13");
        var environment = new CudaLibraryEnvironment(
            root["named"], root["torch/lib"], [root["toolkit"], root["other"]]);
        var found = CudaLibraryLocator.Candidates(
            CudaLibrary.Nvrtc, environment,
            name => name == "libnvrtc.so" ? ["/loaded/libnvrtc.so.13"] : []);
        Assert.Equal([.. expected, .. _systems], found);
    }

    [Fact]
    public void Without_any_folder_the_system_is_asked()
    {
        var environment = new CudaLibraryEnvironment(null, "", ["/no/such/toolkit"]);
        Assert.Equal(
            ["libcublasLt.so.13", "libcublasLt.so.12"],
            CudaLibraryLocator.Candidates(CudaLibrary.CublasLt, environment, _ => []));
    }

    [SkippableFact]
    public void The_driver_is_the_systems_unless_a_folder_is_named()
    {
        Skip.If(OperatingSystem.IsWindows(), "names are Linux's");
        using var root = new TemporaryFolder();
        var driver = Make(root, "named/libcuda.so.1");
        var environment = new CudaLibraryEnvironment(root["named"], "", []);
        Assert.Equal(
            [driver, "libcuda.so.1"],
            CudaLibraryLocator.Candidates(CudaLibrary.Driver, environment, _ => []));
        Assert.Equal(
            ["libcuda.so.1"],
            CudaLibraryLocator.Candidates(
                CudaLibrary.Driver, environment with { Folder = null }, _ => []));
    }

    private static string Make(TemporaryFolder root, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(root[file])!);
        File.WriteAllText(root[file], "");
        return Path.GetFullPath(root[file]);
    }
}
