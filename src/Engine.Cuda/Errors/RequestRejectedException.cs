using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>The scheduler did not take the request in. Nothing was allocated for it.</summary>
public sealed class RequestRejectedException : Exception
{
    /// <summary>Names the request, the thing and the limit.</summary>
    public RequestRejectedException(RequestId id, Rejection rejection)
        : base($"{rejection?.Message} ({id})")
    {
        ArgumentNullException.ThrowIfNull(rejection);
        (Id, Rejection) = (id, rejection);
    }

    /// <summary>The request.</summary>
    public RequestId Id { get; }

    /// <summary>Why.</summary>
    public Rejection Rejection { get; }
}
