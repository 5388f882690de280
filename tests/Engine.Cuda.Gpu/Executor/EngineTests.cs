using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Tests;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>The whole engine over a model folder, on the device that it finds by itself.</summary>
public class EngineTests
{
    [SkippableTheory]
    [InlineData(EngineExecutor.Auto, EngineDType.Float32)]
    [InlineData(EngineExecutor.Auto, EngineDType.BFloat16)]
    [InlineData(EngineExecutor.Auto, EngineDType.Float16)]
    [InlineData(EngineExecutor.Torch, EngineDType.Float32)]
    public async Task An_engine_finds_the_gpu_and_continues_prompts(
        EngineExecutor executor, EngineDType dtype)
    {
        Gpu.TorchDevice();
        var log = new Lines();
        await using var engine = LlmEngine.Load(
            ReferenceData.Model("qwen3"),
            new() { Executor = executor, DType = dtype, HostBlocks = 10, MaxBatchedTokens = 100 },
            log);
        Assert.DoesNotContain(log.All.ToArray(), line => line.Level >= LogLevel.Warning);
        foreach (var expected in Expectation.Of("qwen3"))
            Check(expected, await ContinueAsync(engine, expected), dtype == EngineDType.Float32);
    }

    // In float32 cuBLASLt computes every product: the reference's own tokens come of its first
    // choices and of the tuned ones alike.
    [SkippableFact]
    public async Task Tuned_or_not_an_engine_continues_as_the_reference_does()
    {
        Gpu.TorchDevice();
        foreach (var tunes in (bool[])[true, false, true])
        {
            var log = new Lines();
            await using var engine = LlmEngine.Load(
                ReferenceData.Model("qwen3"),
                new() { DType = EngineDType.Float32, MaxBatchedTokens = 100, TuneProducts = tunes },
                log);
            Assert.Equal(
                tunes ? 1 : 0,
                log.All.Count(line => line.Text.Contains("matrix products were tuned")));
            var all = Expectation.Of("qwen3");
            // Together, so that steps have several rows.
            var tokens = await Task.WhenAll(
                all.Select(expected => ContinueAsync(engine, expected)));
            foreach (var (expected, actual) in all.Zip(tokens))
                Check(expected, actual, isExact: true);
        }
    }

    private static async Task<List<int>> ContinueAsync(LlmEngine engine, Expectation expected)
    {
        await using var generation = engine.Loop.Submit(
            [.. expected.Prompt.Select(id => new TokenId(id))], SamplingParams.Greedy,
            new StopRule { MaxTokens = expected.Greedy.Length });
        var tokens = new List<int>();
        await foreach (var next in generation.ReadAllAsync())
            if (next is TokenEvent.Token token)
                tokens.Add(token.Sample.Token.Value);
        return tokens;
    }

    // isExact: the reference's tokens, as long as none of them was a near tie.
    private static void Check(Expectation expected, List<int> tokens, bool isExact)
    {
        Assert.Equal(expected.Greedy.Length, tokens.Count);
        var certain = isExact
            ? expected.Margins.TakeWhile(margin => margin > 1e-3f).Count()
            : 0;
        Assert.Equal(expected.Greedy[..certain], tokens[..certain]);
    }

    private sealed class Lines : ILogger
    {
        // The loop's thread writes as well.
        public ConcurrentQueue<(LogLevel Level, string Text)> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            All.Enqueue((logLevel, formatter(state, exception)));
    }
}
