using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.SemanticKernel.ChatCompletion;
using Microsoft.SemanticKernel.TextGeneration;
using SkPaged.Connector;
using SkPaged.Connector.Engines;

namespace Microsoft.SemanticKernel;

/// <summary>Adds chat completion by a model in this process to a service collection.</summary>
public static class PagedLlmServiceCollectionExtensions
{
    /// <summary>Adds chat completion by the small model that comes with the package.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="configure">
    /// Device, memory and limits. Null: the engine of an earlier registration of this model, if
    /// there is one, else the defaults.
    /// </param>
    /// <param name="serviceId">The key of the service; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <remarks>
    /// The container makes the engine when it is first needed, disposes it, and shares it among all
    /// registrations of the same model and options.
    /// </remarks>
    public static IServiceCollection AddPagedLlmChatCompletion(
        this IServiceCollection services,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var key = EngineKey.Register(services, null, configure, serviceId);
        return AddService(
            services, key.Resolve, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    /// <summary>Adds chat completion by the model in a folder.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="modelFolder">A Hugging Face folder.</param>
    /// <param name="configure">
    /// Device, memory and limits. Null: the engine of an earlier registration of this folder, if
    /// there is one, else the defaults.
    /// </param>
    /// <param name="serviceId">The key of the service; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IServiceCollection, Action{PagedLlmEngineOptions}?, string?,
    /// string?, Action{OpenTelemetryChatClient}?)"/>
    public static IServiceCollection AddPagedLlmChatCompletion(
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
        return AddService(
            services, key.Resolve, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    /// <summary>Adds chat completion by an engine that stays the caller's to dispose.</summary>
    /// <param name="services">What it is added to.</param>
    /// <param name="engine">May serve other registrations as well.</param>
    /// <param name="serviceId">The key of the service; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddPagedLlmChatCompletion(
        this IServiceCollection services,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        EngineKey.Register(services, engine, serviceId);
        return AddService(
            services, _ => engine, serviceId,
            ChatTelemetry.Of(openTelemetrySourceName, openTelemetryConfig));
    }

    /// <summary>Adds text generation by the small model that comes with the package.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IServiceCollection, Action{PagedLlmEngineOptions}?, string?,
    /// string?, Action{OpenTelemetryChatClient}?)"/>
    public static IServiceCollection AddPagedLlmTextGeneration(
        this IServiceCollection services,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var key = EngineKey.Register(services, null, configure, serviceId);
        return AddText(services, key.Resolve, serviceId, openTelemetrySourceName);
    }

    /// <summary>Adds text generation by the model in a folder.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IServiceCollection, string,
    /// Action{PagedLlmEngineOptions}?, string?, string?, Action{OpenTelemetryChatClient}?)"/>
    public static IServiceCollection AddPagedLlmTextGeneration(
        this IServiceCollection services,
        string modelFolder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrWhiteSpace(modelFolder);
        var key = EngineKey.Register(services, modelFolder, configure, serviceId);
        return AddText(services, key.Resolve, serviceId, openTelemetrySourceName);
    }

    /// <summary>Adds text generation by an engine that stays the caller's to dispose.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IServiceCollection, PagedLlmEngine, string?, string?,
    /// Action{OpenTelemetryChatClient}?)"/>
    public static IServiceCollection AddPagedLlmTextGeneration(
        this IServiceCollection services,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(engine);
        EngineKey.Register(services, engine, serviceId);
        return AddText(services, _ => engine, serviceId, openTelemetrySourceName);
    }

    private static IServiceCollection AddText(
        IServiceCollection services,
        Func<IServiceProvider, PagedLlmEngine> engine,
        string? serviceId,
        string? telemetryName) =>
        services.AddKeyedSingleton<ITextGenerationService>(
            serviceId,
            (provider, _) => new PagedLlmTextGenerationService(
                engine(provider), telemetryName ?? PagedLlmTelemetry.Name));

    private static IServiceCollection AddService(
        IServiceCollection services,
        Func<IServiceProvider, PagedLlmEngine> engine,
        string? serviceId,
        ChatTelemetry telemetry) =>
        services.AddKeyedSingleton<IChatCompletionService>(
            serviceId,
            (provider, _) => new PagedLlmChatCompletionService(
                engine(provider),
                new ChatPipeline(provider.GetService<ILoggerFactory>(), provider, telemetry)));
}
