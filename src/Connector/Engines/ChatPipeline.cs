using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel;

namespace SkPaged.Connector.Engines;

/// <summary>What stands between a user and the engine.</summary>
/// <param name="LoggerFactory">Null = the one of the services, or none.</param>
/// <param name="Services">Reaches the functions; null = none.</param>
/// <param name="Telemetry">Of spans and metrics.</param>
internal sealed record ChatPipeline(
    ILoggerFactory? LoggerFactory, IServiceProvider? Services, ChatTelemetry Telemetry)
{
    /// <summary>
    /// A client that invokes the kernel's functions, with its filters. Each turn of the model is a
    /// span of its own: what measures stands behind what invokes.
    /// </summary>
    /// <param name="engine">Borrowed: disposing the client leaves it running.</param>
    public IChatClient Invoking(PagedLlmEngine engine) =>
        new PagedLlmChatClient(engine).AsBuilder()
            .UseKernelFunctionInvocation(LoggerFactory)
            .UseOpenTelemetry(LoggerFactory, Telemetry.SourceName, Telemetry.Configure)
            .Build(Services);

    /// <summary>
    /// A client for several choices, whose stream mixes them as they are drawn. It invokes nothing.
    /// </summary>
    /// <inheritdoc cref="Invoking"/>
    public IChatClient Choosing(PagedLlmEngine engine) =>
        new MixedChoices(new PagedLlmChatClient(engine)).AsBuilder()
            .UseOpenTelemetry(LoggerFactory, Telemetry.SourceName, Telemetry.Configure)
            .Build(Services);

    private sealed class MixedChoices(PagedLlmChatClient model) : DelegatingChatClient(model)
    {
        public override IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
            IEnumerable<ChatMessage> messages,
            ChatOptions? options = null,
            CancellationToken cancellationToken = default) =>
            model.StreamAsync(messages, options, mixed: true, cancellationToken);
    }
}
