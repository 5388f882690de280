using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using SkPaged.Connector;
using SkPaged.Connector.Engines;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds a chat client over a model in this process to a service collection.</summary>
public static class PagedLlmServiceCollectionExtensions
{
    /// <summary>Adds a chat client over the small model that comes with the package.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="configure">
    /// Device, memory and limits. Null: the engine of an earlier registration of this model, if
    /// there is one, else the defaults.
    /// </param>
    /// <param name="serviceId">The key of the client; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>
    /// The client invokes functions, with the filters of the kernel if there is one. The container
    /// makes the engine when it is first needed, disposes it, and shares it among all registrations
    /// of the same model and options.
    /// </remarks>
    public static IServiceCollection AddPagedLlmChatClient(
        this IServiceCollection services,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var key = EngineKey.Register(services, null, configure, serviceId);
        return AddClient(
            services, key.Resolve, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    /// <summary>Adds a chat client over the model in a folder.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="modelFolder">A Hugging Face folder.</param>
    /// <param name="configure">
    /// Device, memory and limits. Null: the engine of an earlier registration of this folder, if
    /// there is one, else the defaults.
    /// </param>
    /// <param name="serviceId">The key of the client; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <inheritdoc
    /// cref="AddPagedLlmChatClient(IServiceCollection, Action{PagedLlmEngineOptions}?, string?,
    /// string?, Action{OpenTelemetryChatClient}?)"/>
    public static IServiceCollection AddPagedLlmChatClient(
        this IServiceCollection services,
        string modelFolder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelFolder);
        var key = EngineKey.Register(services, modelFolder, configure, serviceId);
        return AddClient(
            services, key.Resolve, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    /// <summary>Adds a chat client over an engine that stays the caller's to dispose.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="engine">May serve other registrations as well.</param>
    /// <param name="serviceId">The key of the client; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPagedLlmChatClient(
        this IServiceCollection services,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        EngineKey.Register(services, engine, serviceId);
        return AddClient(
            services, _ => engine, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    private static IServiceCollection AddClient(
        IServiceCollection services,
        Func<IServiceProvider, PagedLlmEngine> engine,
        string? serviceId,
        ChatTelemetry telemetry) =>
        services.AddKeyedSingleton<IChatClient>(
            serviceId,
            (provider, _) => new ChatPipeline(
                provider.GetService<ILoggerFactory>(), provider, telemetry)
                .Invoking(engine(provider)));
}
