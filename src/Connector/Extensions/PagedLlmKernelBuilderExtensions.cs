using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection;
using SkPaged.Connector;

namespace Microsoft.SemanticKernel;

/// <summary>Adds a model in this process to a kernel.</summary>
/// <remarks>
/// A kernel does not dispose its services. Where it matters when the model's memory is freed,
/// dispose the provider (<c>(kernel.Services as IDisposable)?.Dispose()</c>), or make the
/// <see cref="PagedLlmEngine"/> yourself and dispose that.
/// </remarks>
public static class PagedLlmKernelBuilderExtensions
{
    /// <summary>Adds chat completion by the small model that comes with the package.</summary>
    /// <param name="builder">The kernel's.</param>
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
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddPagedLlmChatCompletion(
        this IKernelBuilder builder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatCompletion(
            configure, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds chat completion by the model in a folder.</summary>
    /// <param name="builder">The kernel's.</param>
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
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddPagedLlmChatCompletion(
        this IKernelBuilder builder,
        string modelFolder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatCompletion(
            modelFolder, configure, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds chat completion by an engine that stays the caller's to dispose.</summary>
    /// <param name="builder">The kernel's.</param>
    /// <param name="engine">May serve other kernels as well.</param>
    /// <param name="serviceId">The key of the service; null = none.</param>
    /// <param name="openTelemetrySourceName">
    /// Of the calls' activity source and meter; null = <see cref="PagedLlmTelemetry.Name"/>.
    /// </param>
    /// <param name="openTelemetryConfig">
    /// Sees the client that measures the calls: may let it record messages. Null = nobody.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IKernelBuilder AddPagedLlmChatCompletion(
        this IKernelBuilder builder,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatCompletion(
            engine, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds a chat client over the small model that comes with the package.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, Action{PagedLlmEngineOptions}?, string?,
    /// string?, Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmChatClient(
        this IKernelBuilder builder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatClient(
            configure, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds a chat client over the model in a folder.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, string,
    /// Action{PagedLlmEngineOptions}?, string?, string?, Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmChatClient(
        this IKernelBuilder builder,
        string modelFolder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatClient(
            modelFolder, configure, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds a chat client over an engine that stays the caller's to dispose.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, PagedLlmEngine, string?, string?,
    /// Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmChatClient(
        this IKernelBuilder builder,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null,
        Action<OpenTelemetryChatClient>? openTelemetryConfig = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmChatClient(
            engine, serviceId, openTelemetrySourceName, openTelemetryConfig);
        return builder;
    }

    /// <summary>Adds text generation by the small model that comes with the package.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, Action{PagedLlmEngineOptions}?, string?,
    /// string?, Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmTextGeneration(
        this IKernelBuilder builder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmTextGeneration(configure, serviceId, openTelemetrySourceName);
        return builder;
    }

    /// <summary>Adds text generation by the model in a folder.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, string,
    /// Action{PagedLlmEngineOptions}?, string?, string?, Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmTextGeneration(
        this IKernelBuilder builder,
        string modelFolder,
        Action<PagedLlmEngineOptions>? configure = null,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmTextGeneration(
            modelFolder, configure, serviceId, openTelemetrySourceName);
        return builder;
    }

    /// <summary>Adds text generation by an engine that stays the caller's to dispose.</summary>
    /// <inheritdoc
    /// cref="AddPagedLlmChatCompletion(IKernelBuilder, PagedLlmEngine, string?, string?,
    /// Action{OpenTelemetryChatClient}?)"/>
    public static IKernelBuilder AddPagedLlmTextGeneration(
        this IKernelBuilder builder,
        PagedLlmEngine engine,
        string? serviceId = null,
        string? openTelemetrySourceName = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddPagedLlmTextGeneration(engine, serviceId, openTelemetrySourceName);
        return builder;
    }
}
