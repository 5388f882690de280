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
        var log = new Lines();
        var place = EngineDevices.Find(
            new() { Device = EngineDevice.Auto }, _sizes, BuiltForCuda(), log);
        Assert.Equal((DeviceType.CPU, false), (place.Device.type, place.HasKernels));
        Assert.Equal(
            [(LogLevel.Warning, "The engine computes on the CPU: Device is Cuda, but libtorch "
                + "finds no CUDA device on this machine.")],
            log.All);
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
        var log = new Lines();
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

    private static LibTorchLocation BuiltForCuda() => LibTorch.Load() with { HasCuda = true };

    private static void SkipWithCuda() =>
        Skip.If(LibTorch.Load().HasCuda && cuda.is_available(), "there is a CUDA device");

    private sealed class Lines : ILogger
    {
        public List<(LogLevel, string)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            All.Add((logLevel, formatter(state, exception)));
    }
}
