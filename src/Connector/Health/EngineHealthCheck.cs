using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SkPaged.Engine.Cuda;

namespace SkPaged.Connector.Health;

/// <summary>
/// Whether an engine answers. It is asked for its state only: a check costs no step.
/// </summary>
internal sealed class EngineHealthCheck(
    Func<PagedLlmEngine> resolve, StepWatch watch, TimeSpan stalledAfter, TimeProvider clock)
    : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context, CancellationToken cancellationToken = default) =>
        // Loads the model if nobody has yet, which takes its time.
        Task.Run(() => Check(resolve(), context.Registration.FailureStatus), cancellationToken);

    private HealthCheckResult Check(PagedLlmEngine engine, HealthStatus failure)
    {
        var now = engine.Snapshot;
        var stood = watch.Stood(now, clock);
        var data = DataOf(now);
        var queue = $"{now.Running} running, {now.Waiting} waiting";
        return engine.HasEnded
            ? new(failure, Ended(engine), engine.Failure, data)
            : stood > stalledAfter
            ? new(failure, $"No step for {stood.TotalSeconds:F0} s with {queue}.", null, data)
            : now.Waiting >= now.WaitingMax
            ? HealthCheckResult.Degraded($"The queue is full: {queue}.", null, data)
            : HealthCheckResult.Healthy($"{queue}.", data);
    }

    private static string Ended(PagedLlmEngine engine) =>
        engine.Failure is { } cause
            ? $"The engine '{engine.ModelId}' has stopped: {cause.Message}"
            : $"The engine '{engine.ModelId}' has been disposed.";

    private static Dictionary<string, object> DataOf(EngineSnapshot now) =>
        new()
        {
            ["running"] = now.Running,
            ["waiting"] = now.Waiting,
            ["swapped"] = now.Swapped,
            ["blocks_total"] = now.BlocksTotal,
            ["blocks_live"] = now.BlocksLive,
            ["blocks_cached"] = now.BlocksCached,
            ["steps"] = now.Steps,
            ["steps_failed"] = now.StepsFailed,
            ["last_step"] = now.LastStep.ToString("c", CultureInfo.InvariantCulture),
        };
}
