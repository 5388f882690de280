using Microsoft.Extensions.Diagnostics.HealthChecks;
using SkPaged.Connector;
using SkPaged.Connector.Health;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the health of models in this process to an application's health checks.</summary>
public static class PagedLlmHealthChecksBuilderExtensions
{
    // A step of long prompts takes a slow CPU and a large model that long.
    private static readonly TimeSpan StalledAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Adds a check of an engine that was registered with a chat service, a client or a text
    /// generation service.
    /// </summary>
    /// <param name="builder">What it is added to.</param>
    /// <param name="serviceId">The key of the registration; null, the default: none.</param>
    /// <param name="name">
    /// The check's; null, the default: "skpaged", or "skpaged-" and the service id.
    /// </param>
    /// <param name="failureStatus">
    /// What is said of an engine that failed, was disposed, or stands still though there is
    /// something to do; null, the default: unhealthy. An engine whose queue is full is degraded.
    /// </param>
    /// <param name="tags">The check's; null, the default: none.</param>
    /// <param name="stalledAfter">
    /// How long no step may begin while requests run or wait, as seen by the checks. More than 0;
    /// null, the default: 5 minutes.
    /// </param>
    /// <returns><paramref name="builder"/>.</returns>
    /// <remarks>
    /// The first check loads the model if no request did before: who waits for it has an
    /// application that answers at once. Requests running and waiting, blocks and steps are in the
    /// result's data.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="stalledAfter"/> is not more than 0.
    /// </exception>
    public static IHealthChecksBuilder AddPagedLlm(
        this IHealthChecksBuilder builder,
        string? serviceId = null,
        string? name = null,
        HealthStatus? failureStatus = null,
        IEnumerable<string>? tags = null,
        TimeSpan? stalledAfter = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(
            stalledAfter ?? StalledAfter, TimeSpan.Zero, nameof(stalledAfter));
        // A check is made anew each time, in a scope of its own; what it has seen stays.
        var watch = new StepWatch();
        return builder.Add(new HealthCheckRegistration(
            name ?? (serviceId is null ? "skpaged" : $"skpaged-{serviceId}"),
            provider => new EngineHealthCheck(
                () => provider.GetRequiredKeyedService<PagedLlmEngine>(serviceId),
                watch,
                stalledAfter ?? StalledAfter,
                provider.GetService<TimeProvider>() ?? TimeProvider.System),
            failureStatus,
            tags));
    }
}
