using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace SkPaged.Connector.Engines;

/// <summary>Which engine a registration means: equal keys mean the same one.</summary>
/// <param name="Folder">The model's full path; null = the embedded model.</param>
/// <param name="Options">How it is run.</param>
internal sealed record EngineKey(string? Folder, PagedLlmEngineOptions Options)
{
    /// <summary>
    /// Registers the engine as a singleton of the container, unless it is registered: a folder with
    /// the same options, or without any, shares the engine that there is. It can also be resolved
    /// as <see cref="PagedLlmEngine"/>, with the service id if there is one.
    /// </summary>
    public static EngineKey Register(
        IServiceCollection services,
        string? folder,
        Action<PagedLlmEngineOptions>? configure,
        string? serviceId)
    {
        var key = Of(services, folder is null ? null : Path.GetFullPath(folder), configure);
        services.TryAddKeyedSingleton(
            key,
            (provider, found) => ((EngineKey)found!).Load(provider.GetService<ILoggerFactory>()));
        services.TryAddKeyedSingleton(serviceId, (provider, _) => key.Resolve(provider));
        StartCheck.Register(services, key);
        return key;
    }

    /// <summary>
    /// Makes an engine that stays the caller's known to the container, with the service id if there
    /// is one.
    /// </summary>
    public static void Register(
        IServiceCollection services, PagedLlmEngine engine, string? serviceId) =>
        services.TryAddKeyedSingleton(serviceId, engine);

    /// <summary>Sees whether it can be loaded: throws what loading would.</summary>
    public void Check()
    {
        if (Folder is null)
            EngineParts.Check(EmbeddedModel.Extract(), Options);
        else
            EngineParts.Check(Folder, Options);
    }

    /// <summary>The container's engine.</summary>
    public PagedLlmEngine Resolve(IServiceProvider provider) =>
        provider.GetRequiredKeyedService<PagedLlmEngine>(this);

    private static EngineKey Of(
        IServiceCollection services, string? folder, Action<PagedLlmEngineOptions>? configure)
    {
        var options = new PagedLlmEngineOptions();
        configure?.Invoke(options);
        var registered = services
            .Where(service => service.IsKeyedService)
            .Where(service => service.ServiceType == typeof(PagedLlmEngine))
            .Select(service => service.ServiceKey)
            .OfType<EngineKey>()
            .FirstOrDefault(key => key.Folder == folder);
        return configure is null && registered is not null
            ? registered
            : new EngineKey(folder, options with { });
    }

    private PagedLlmEngine Load(ILoggerFactory? loggerFactory) =>
        Folder is null
            ? PagedLlmEngine.LoadEmbedded(Options, loggerFactory)
            : PagedLlmEngine.Load(Folder, Options, loggerFactory);
}
