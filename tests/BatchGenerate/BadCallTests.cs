using SkPaged.Engine.Cuda.Native;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>What cannot run at all: exit code 2, a message, and no answers.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class BadCallTests
{
    private const string Good = """{"prompt":"Hello","max_tokens":2}""";

    [Theory]
    [InlineData("'/no/such/file'", "--input", "/no/such/file")]
    [InlineData("\"/\" is a folder, no file.", "--input", "/")]
    [InlineData("'/no/such/folder/file'", "--output", "/no/such/folder/file")]
    [InlineData("/no/such/model: there is no such folder", "--model", "/no/such/model")]
    [InlineData("KvBlocks is 0; it must be at least 1.", "--kv-blocks", "0")]
    [InlineData("BlockSize is 0; it must be from 1 to 1024.", "--block-size", "0")]
    [InlineData(
        "KvBlocks is 1; it must be enough for 2 tokens.", "--kv-blocks", "1", "--block-size", "1")]
    [InlineData("MaxSequences is 0; it must be at least 1.", "--max-sequences", "0")]
    [InlineData("MaxBatchedTokens is 0; it must be at least 1.", "--max-batched-tokens", "0")]
    [InlineData("KvBlocks is 1,000,000,000: with", "--kv-blocks", "1000000000")]
    [InlineData(
        "GpuMemoryUtilization is 1.5; it must be in (0, 1].", "--gpu-memory-utilization", "1.5")]
    [InlineData(
        "EventLog is '/no/such/folder/run'; it must be in a folder that exists, and there is no "
        + "\"/no/such/folder\".", "--record", "/no/such/folder/run")]
    [InlineData("EventLog is '/'; it must be a file, and is a folder.", "--record", "/")]
    [InlineData("HostBlocks is -1; it must be 0 (none) or more.", "--host-blocks", "-1")]
    [InlineData("HostBlocks is 1,000,000,000: with", "--host-blocks", "1000000000")]
    [InlineData(
        "PreemptionMode is Swap; it must be Auto or Recompute without", "--preemption", "swap")]
    [InlineData("Cannot parse argument 'none' for option '--preemption'", "--preemption", "none")]
    [InlineData("Argument 'lifo' not recognized. Must be one of:", "--policy", "lifo")]
    [InlineData("Cannot parse argument 'tpu' for option '--device'", "--device", "tpu")]
    [InlineData("Cannot parse argument 'int8' for option '--dtype'", "--dtype", "int8")]
    [InlineData("Cannot parse argument 'gguf' for option '--load-format'", "--load-format", "gguf")]
    public void What_is_wrong_with_a_call_is_named(string message, params string[] arguments)
    {
        var run = Run.Of(Good, arguments);
        Assert.Contains(message, run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.Code);
        Assert.Empty(run.Lines);
    }

    [SkippableFact]
    public void Cuda_where_there_is_none_is_told_with_what_to_do()
    {
        Skip.If(LibTorch.Load().HasCuda, "this libtorch has CUDA");
        var run = Run.Of(Good, "--device", "cuda");
        Assert.Contains("Device is Cuda, but ", run.Errors, StringComparison.Ordinal);
        Assert.Equal(2, run.Code);
    }

    [Fact]
    public void An_output_that_is_the_input_is_refused_and_left_as_it_was()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Good);
            // Who may make links on Windows is a setting of its own.
            var link = OperatingSystem.IsWindows() ? file : $"{file}.link";
            if (link != file)
                File.CreateSymbolicLink(link, file);
            foreach (var output in new[] { file, link })
            {
                var run = Run.Of(Good, "--input", file, "--output", output);
                Assert.Contains(
                    $"--output is the file of --input, \"{file}\"", run.Errors,
                    StringComparison.Ordinal);
                Assert.Equal(2, run.Code);
                Assert.Equal(Good, File.ReadAllText(file));
            }

            File.Delete(link);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void A_block_may_hold_3_tokens_of_the_embedded_model()
    {
        var run = Run.Of(Good, "--block-size", "3");
        Assert.Equal(0, run.Code);
        Assert.Equal("length", $"{run.Lines[0]["outputs"]![0]!["finish_reason"]}");
        Assert.Contains("peak blocks     1 of 16", run.Errors, StringComparison.Ordinal);
    }
}
