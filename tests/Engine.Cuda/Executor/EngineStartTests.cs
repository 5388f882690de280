using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Models;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>What a start says, and refuses, before an engine is there.</summary>
public sealed class EngineStartTests : IDisposable
{
    private const string Config = """
        {"architectures": ["Qwen2ForCausalLM"], "vocab_size": 100, "hidden_size": 64,
         "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
         "num_key_value_heads": 2, "max_position_embeddings": 64, "torch_dtype": "bfloat16"}
        """;

    private readonly TemporaryFolder _folder = new();

    private readonly LlmEngineOptions _options =
        new() { Device = EngineDevice.Cpu, KvBlocks = 8, LoadFormat = LoadFormat.Dummy };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_stage_is_told_when_it_is_over()
    {
        var log = new LogLines();
        using (LlmEngine.Load(_folder.Write("config.json", Config), _options, log))
        {
            var bytes = DecoderWeights.BytesOf(ModelConfig.Parse(Config), ScalarType.BFloat16);
            Assert.Equal(
                [
                    $"Start: drew weights of {bytes:N0} bytes in BFloat16 to cpu in T",
                    "Start: 8 blocks of 16 tokens, 32,768 bytes; a sequence may have 64 tokens",
                    "Start: the executor is ready in T",
                ],
                log.All.Take(3).Select(line => Regex.Replace(line.Text, "in [0-9.]+ s$", "in T")));
            Assert.All(log.All, line => Assert.Equal(LogLevel.Information, line.Level));
        }
    }

    [Fact]
    public void On_a_device_kernels_and_the_longest_step_are_told_too()
    {
        var log = new LogLines();
        log.KernelsReady("NVIDIA H200", compiled: 2, kept: 5, seconds: 1.5);
        log.LongestStepRan(tokens: 2048, bytes: 1_500_000, bytesFree: 70_000_000, seconds: 0.5);
        Assert.Equal(
            [
                "Start: kernels for NVIDIA H200, 2 compiled and 5 kept from before, in 1.5 s",
                "Start: the longest step, 2048 tokens, takes 1,500,000 bytes beside the weights "
                + "and leaves 70,000,000 free; found in 0.5 s",
            ],
            log.All.Select(line => line.Text));
    }

    [Fact]
    public void Weights_beyond_the_memory_are_refused_before_any_is_taken()
    {
        var config = _folder.Write("config.json", Config.Replace(
            "\"vocab_size\": 100", "\"vocab_size\": 2000000000", StringComparison.Ordinal)
            .Replace("\"hidden_size\": 64", "\"hidden_size\": 65536", StringComparison.Ordinal));
        var error = Assert.Throws<DeviceMemoryException>(() => LlmEngine.Load(config, _options));
        Assert.True(error.Bytes > 2_000_000_000L * 65_536 * 2 * 2);
        Assert.Equal(
            $"The weights are {error.Bytes:N0} bytes in BFloat16; {error.BytesFree:N0} bytes of "
            + "cpu are free.", error.Message);
    }

    [Fact]
    public void A_logger_that_throws_takes_nothing_along()
    {
        using var engine = LlmEngine.Load(
            _folder.Write("config.json", Config), _options, new Thrower());
        Assert.Equal(8, engine.SchedulerConfig.BlocksTotal);
    }

    [Theory]
    [InlineData(true, true, true, true, true)]
    [InlineData(false, false, false, false, false)]
    [InlineData(true, false, true, false, true)]
    public void The_bytes_of_weights_are_known_before_they_are_there(
        bool tied, bool qkvBias, bool outputBias, bool mlpBias, bool norm)
    {
        var config = ModelConfig.Parse(Config) with
        {
            TieWordEmbeddings = tied,
            QueryKeyValueBias = qkvBias,
            AttentionOutputBias = outputBias,
            MlpBias = mlpBias,
            QueryKeyNorm = norm,
        };
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.Float16])
        {
            using var weights = DecoderWeights.Random(config, dtype, CPU, seed: 1);
            Assert.Equal(weights.Bytes, DecoderWeights.BytesOf(config, dtype));
        }
    }

    [Fact]
    public void Lent_weights_are_the_same_and_stay_when_their_user_goes()
    {
        using var weights = DecoderWeights.Random(
            ModelConfig.Parse(Config), ScalarType.Float32, CPU, seed: 1);
        using (var lent = weights.Lend())
            Assert.Equal(
                (weights.Bytes, weights.BytesPerStep, weights.DType, weights.Norm),
                (lent.Bytes, lent.BytesPerStep, lent.DType, lent.Norm));
        Assert.False(weights.Embedding.IsInvalid);
        Assert.Equal(1, weights.Norm[0].item<float>());
    }

    private sealed class Thrower : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("full");
    }
}
