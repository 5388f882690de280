using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class KernelTargetTests
{
    private static readonly int[] _supported = [75, 80, 86, 89, 90, 100];

    [Theory]
    [InlineData(80, "sm_80", true)]
    [InlineData(89, "sm_89", true)]
    [InlineData(90, "sm_90a", true)]
    [InlineData(87, "compute_86", false)]
    [InlineData(120, "compute_100", false)]
    public void A_device_gets_its_own_code_or_what_its_driver_can_compile(
        int capability, string architecture, bool isMachineCode) =>
        Assert.Equal(
            new KernelCompiler.Target(architecture, isMachineCode),
            KernelCompiler.Target.For(capability, _supported));

    [Fact]
    public void A_device_older_than_all_that_is_compiled_for_is_refused() =>
        Assert.Equal(
            "The NVRTC that was found compiles for compute capabilities 10.0, 12.0, and none of "
            + "them for a device of 9.0.",
            Assert.Throws<DeviceUnavailableException>(
                () => KernelCompiler.Target.For(90, [100, 120])).Message);

    [Fact]
    public void Sources_and_headers_are_in_the_assembly()
    {
        Assert.Equal(
            ["attention_general.cu", "attention_queries.cu", "attention_tiles.cu", "blocks.cu",
                "few_rows.cu", "many_rows.cu", "query_key_value.cu", "rowwise.cu", "sampling.cu"],
            KernelSources.Names.AsEnumerable());
        Assert.Equal(
            ["attention.cuh", "common.cuh", "hopper.cuh", "ptx.cuh", "query_key_value.cuh"],
            KernelSources.Headers.Keys);
    }

    [Theory]
    [InlineData(ScalarType.Float32, 64, null)]
    [InlineData(ScalarType.Float16, 256, null)]
    [InlineData(ScalarType.BFloat16, 12, "head dim 12 is not a multiple of 8 from 8 to 256")]
    [InlineData(ScalarType.BFloat16, 264, "head dim 264 is not a multiple of 8 from 8 to 256")]
    [InlineData(ScalarType.Float64, 64, "type Float64 is none of float32, float16 and bfloat16")]
    public void Sizes_that_have_no_kernels_are_named(ScalarType dtype, int headDim, string? problem)
    {
        Assert.Equal(problem, new KernelConstants(dtype, headDim, 4, 2, 16).Problem);
    }

    [Fact]
    public void The_header_holds_the_sizes()
    {
        var header = new KernelConstants(ScalarType.BFloat16, 128, 32, 8, 16).Header;
        foreach (var line in (string[])
            ["ELEMENT BFLOAT16", "HEAD_DIM 128", "QUERY_HEADS 32", "KV_HEADS 8", "BLOCK_SIZE 16"])
            Assert.Contains($"#define {line}\n", header, StringComparison.Ordinal);
    }
}
