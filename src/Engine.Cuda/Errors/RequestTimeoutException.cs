using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// A request did not end in time, be it that it waited too long or that it is too long. What it
/// held is freed before the next step.
/// </summary>
public sealed class RequestTimeoutException : TimeoutException
{
    /// <summary>Names the request and the limit.</summary>
    public RequestTimeoutException(RequestId id, TimeSpan limit)
        : base($"{id} did not end within {limit.TotalSeconds} s, the engine's RequestTimeout.") =>
        (Id, Limit) = (id, limit);

    /// <summary>The request.</summary>
    public RequestId Id { get; }

    /// <summary>What it may take from submission to its end.</summary>
    public TimeSpan Limit { get; }
}
