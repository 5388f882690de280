using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>What an engine loop is besides its scheduler's limits.</summary>
public sealed record EngineLoopOptions
{
    // What a timer takes.
    private static readonly TimeSpan TimeoutMax = TimeSpan.FromDays(24);

    /// <summary>Its name in logs, metrics, errors and its thread. Default "skpaged".</summary>
    public string Name { get; init; } = "skpaged";

    /// <summary>
    /// Submitted requests that may lie unread while a step runs, at least 1, default 8,192.
    /// Cancellations always go through: there is at most one a sample, and one a request.
    /// </summary>
    public int MailboxCapacity { get; init; } = 8192;

    /// <summary>
    /// The source of the seeds of requests that bring none: with the same source, the same
    /// requests in the same order draw the same tokens. Null, the default: a random one.
    /// </summary>
    public ulong? SeedSource { get; init; }

    /// <summary>
    /// What a request may take from its submission to its end, waiting included: whoever reads it
    /// gets a <see cref="RequestTimeoutException"/>. More than 0, at most 24 days; null, the
    /// default: no limit.
    /// </summary>
    public TimeSpan? RequestTimeout { get; init; }

    /// <summary>
    /// Where to record all that the scheduler is told, for <c>bench -- replay</c>: a path, one
    /// that ends in ".gz" is compressed. Holds prompts and answers as token ids. Null, the default:
    /// nothing is recorded. A log that is there is written over; one that cannot be written is an
    /// <see cref="EngineConfigException"/>.
    /// </summary>
    public string? EventLog { get; init; }

    /// <summary>Measures steps and requests. Default: the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Is told of every decision before it is carried out, on the loop's thread. Null: nobody.
    /// </summary>
    internal Action<Decision>? Decided { get; init; }

    internal IEnumerable<ConfigError> Errors()
    {
        if (MailboxCapacity < 1)
            yield return new(nameof(MailboxCapacity), $"{MailboxCapacity}", "at least 1");
        if (string.IsNullOrWhiteSpace(Name))
            yield return new(nameof(Name), $"'{Name}'", "not blank");
        if (RequestTimeout is { } limit && (limit <= TimeSpan.Zero || limit > TimeoutMax))
            yield return new(
                nameof(RequestTimeout), $"{limit}", $"more than 0 and at most {TimeoutMax}");
        if (EventLog is { } file && EventLogFile.Objection(file) is { } objection)
            yield return new(nameof(EventLog), $"'{file}'", objection);
        if (TimeProvider is null)
            yield return new(nameof(TimeProvider), "null", "given");
    }
}
