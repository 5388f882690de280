using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// The engine has as many requests before it as it may: try later, or elsewhere. Nothing was
/// allocated for the request.
/// </summary>
public sealed class EngineOverloadedException : Exception
{
    private EngineOverloadedException(string message, int pending, int limit)
        : base(message) => (Pending, Limit) = (pending, limit);

    /// <summary>Requests that were pending.</summary>
    public int Pending { get; }

    /// <summary>Requests that may be pending.</summary>
    public int Limit { get; }

    internal static EngineOverloadedException MailboxFull(int pending, int limit) =>
        new(
            $"{pending} requests lie unread in the engine's mailbox; the limit is {limit}.",
            pending,
            limit);

    internal static EngineOverloadedException QueueFull(Rejection.QueueFull why) =>
        new(why.Message, why.Waiting, why.Max);
}
