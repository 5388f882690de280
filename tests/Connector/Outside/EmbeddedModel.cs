using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using Xunit;

namespace SkPaged.Connector.Tests.Outside;

/// <summary>The embedded model, loaded once for all of these tests.</summary>
public sealed class EmbeddedModel : IAsyncLifetime
{
    public const string Name = "the embedded model";

    public PagedLlmEngine Engine { get; private set; } = null!;

    public IChatClient Client => new PagedLlmChatClient(Engine);

    public Task InitializeAsync()
    {
        Engine = PagedLlmEngine.LoadEmbedded(new PagedLlmEngineOptions { KvBlocks = 1024 });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await Engine.DisposeAsync();

    /// <summary>A kernel with both kinds of chat service, and a plugin.</summary>
    public Kernel Kernel(params object[] plugins)
    {
        var builder = Microsoft.SemanticKernel.Kernel.CreateBuilder();
        builder.AddPagedLlmChatCompletion(Engine);
        builder.AddPagedLlmChatClient(Engine);
        foreach (var plugin in plugins)
            builder.Plugins.AddFromObject(plugin, plugin.GetType().Name);
        return builder.Build();
    }
}

/// <summary>One model for them all, one test after the other.</summary>
[CollectionDefinition(EmbeddedModel.Name)]
public sealed class EmbeddedModelTests : ICollectionFixture<EmbeddedModel>;
