using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

public class EngineDevicesTests
{
    private static readonly KernelConstants _sizes = new(ScalarType.BFloat16, 64, 4, 2, 16);

    [SkippableFact]
    public void Auto_without_a_device_takes_the_CPU_and_says_why()
    {
        SkipWithCuda();
        var log = new LogLines();
        var place = EngineDevices.Find(
            new() { Device = EngineDevice.Auto }, _sizes, BuiltForCuda(), log);
        Assert.Equal((DeviceType.CPU, false), (place.Device.type, place.HasKernels));
        var (level, text) = Assert.Single(log.All);
        Assert.Equal(LogLevel.Warning, level);
        Assert.StartsWith(
            "The engine computes on the CPU: Device is Cuda, but libtorch finds no CUDA device on "
            + "this machine. NVIDIA's driver (libcuda) was not found. Tried: ", text,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Cuda_without_a_device_is_an_error()
    {
        SkipWithCuda();
        Assert.Throws<DeviceUnavailableException>(() => EngineDevices.Find(
            new() { Device = EngineDevice.Cuda }, _sizes, BuiltForCuda(), null));
    }

    [Fact]
    public void The_CPU_is_taken_without_a_word_where_it_was_asked_for_or_libtorch_has_no_other()
    {
        var log = new LogLines();
        foreach (var (device, libtorch) in ((EngineDevice, LibTorchLocation)[])
        [
            (EngineDevice.Cpu, BuiltForCuda()),
            (EngineDevice.Auto, LibTorch.Load() with { HasCuda = false }),
        ])
        {
            var place = EngineDevices.Find(new() { Device = device }, _sizes, libtorch, log);
            Assert.Equal((DeviceType.CPU, false), (place.Device.type, place.HasKernels));
        }
        Assert.Empty(log.All);
    }

    [SkippableFact]
    public void Without_a_driver_the_libraries_that_were_tried_are_named()
    {
        Skip.If(OperatingSystem.IsWindows(), "names are Linux's");
        Skip.If(File.Exists("/proc/driver/nvidia/version"), "there is a driver");
        var error = Assert.Throws<DeviceUnavailableException>(() => CudaContext.Open(0));
        Assert.Contains("libcuda.so.1", error.Message, StringComparison.Ordinal);
        Assert.Contains("SKPAGED_CUDA may name its folder", error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_without_kernels_is_refused_before_the_device_is_opened()
    {
        var error = Assert.Throws<DeviceUnavailableException>(() =>
            CudaProbe.ThrowIfUnavailable(_sizes with { HeadDim = 20 }, 0));
        Assert.Equal(
            "There are no CUDA kernels for this model: head dim 20 is not a multiple of 8 from 8 "
            + "to 256. EngineExecutor.Torch takes it.", error.Message);
    }

    [Theory]
    [InlineData("cuLaunchKernel of f", 700, true)]
    [InlineData("cuStreamSynchronize", 719, true)]
    [InlineData("cuMemHostAlloc", 2, false)]
    [InlineData("cuLaunchKernel of f", 1, false)]
    [InlineData("cublasLtMatmul", 714, false)]
    [InlineData("nvrtcCompileProgram", 719, false)]
    public void Errors_after_which_no_call_succeeds_are_told_apart(
        string call, int code, bool isFatal)
    {
        var error = new CudaException(call, code, "SOME_ERROR", "what it is");
        Assert.Equal(isFatal, error.IsFatal);
        Assert.Equal($"{call} failed: SOME_ERROR ({code}): what it is", error.Message);
    }

    [Fact]
    public void A_driver_or_a_device_that_is_too_old_is_told_with_what_is_needed()
    {
        CudaRequirements.ThrowIfDriverTooOld(12_000);
        CudaRequirements.ThrowIfDeviceTooOld("NVIDIA A100", 80);
        Assert.Equal(
            "The NVIDIA driver is for CUDA 11.8; the engine needs one for CUDA 12.0 or newer.",
            Assert.Throws<DeviceUnavailableException>(
                () => CudaRequirements.ThrowIfDriverTooOld(11_080)).Message);
        Assert.Equal(
            "Tesla T4 has compute capability 7.5; the engine's kernels need 8.0 or newer.",
            Assert.Throws<DeviceUnavailableException>(
                () => CudaRequirements.ThrowIfDeviceTooOld("Tesla T4", 75)).Message);
    }

    [Fact]
    public void Why_libtorch_finds_no_device_is_the_drivers_word_or_that_the_two_do_not_fit()
    {
        Assert.Equal(
            "The driver finds NVIDIA H200: it may be too old for libtorch 2.11.0+cu130.",
            CudaProbe.WhyNone("2.11.0+cu130", () => "NVIDIA H200"));
        Assert.Equal("none", CudaProbe.WhyNone(
            "2.11.0", () => throw new DeviceUnavailableException("none")));
    }

    [Fact]
    public void A_compiler_that_is_not_there_is_named_with_where_it_was_looked_for() =>
        Assert.Equal(
            "CUDA's run-time compiler (NVRTC) was not found. Tried: /a/libnvrtc.so.13, "
            + "libnvrtc.so.12. SKPAGED_CUDA may name its folder.",
            NativeLibraries.NotFound(
                CudaLibrary.Nvrtc, "/a/libnvrtc.so.13, libnvrtc.so.12"));

    [Fact]
    public void A_kernel_that_does_not_compile_shows_the_log()
    {
        var error = new KernelCompilationException("rowwise.cu", "rowwise.cu(7): error: no");
        Assert.Equal(
            $"rowwise.cu does not compile:{Environment.NewLine}rowwise.cu(7): error: no",
            error.Message);
        Assert.Equal(("rowwise.cu", "rowwise.cu(7): error: no"), (error.Kernel, error.Log));
    }

    private static LibTorchLocation BuiltForCuda() => LibTorch.Load() with { HasCuda = true };

    private static void SkipWithCuda() =>
        Skip.If(LibTorch.Load().HasCuda && cuda.is_available(), "there is a CUDA device");
}
