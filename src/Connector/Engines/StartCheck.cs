using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace SkPaged.Connector.Engines;

/// <summary>
/// An engine that a host will need: it is checked when the host starts, and not by the first who
/// asks. Nothing is loaded for that.
/// </summary>
internal sealed class StartCheck
{
    /// <summary>Which engine.</summary>
    public EngineKey? Key { get; set; }

    /// <summary>Has the engine checked at start; once, however often it is registered.</summary>
    public static void Register(IServiceCollection services, EngineKey key)
    {
        services.AddOptions<StartCheck>($"{key}")
            .Configure(start => start.Key = key)
            .ValidateOnStart();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IValidateOptions<StartCheck>, Validator>());
    }

    // Throws as loading would: the same mistake is the same exception, whoever finds it.
    private sealed class Validator : IValidateOptions<StartCheck>
    {
        public ValidateOptionsResult Validate(string? name, StartCheck options)
        {
            options.Key?.Check();
            return ValidateOptionsResult.Success;
        }
    }
}
