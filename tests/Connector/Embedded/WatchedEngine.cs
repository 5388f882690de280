using SkPaged.Connector.Engines;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>The embedded model with its own tokenizer and template, and a watched loop.</summary>
internal sealed class WatchedEngine : IAsyncDisposable
{
    private WatchedEngine(WatchedExecutor executor, PagedLlmEngine engine) =>
        (Executor, Engine) = (executor, engine);

    public WatchedExecutor Executor { get; }

    public PagedLlmEngine Engine { get; }

    public static async Task<WatchedEngine> LoadAsync(SchedulerConfig config)
    {
        var parts = EngineParts.Load(
            EmbeddedModel.Extract(), new PagedLlmEngineOptions { KvBlocks = 64 }, null);
        await parts.Loop.DisposeAsync();
        var executor = WatchedExecutor.Load(config);
        return new(executor, new PagedLlmEngine(parts with
        {
            Loop = new EngineLoop(config, executor),
            MaxLength = config.MaxServableLength,
        }));
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();
}
