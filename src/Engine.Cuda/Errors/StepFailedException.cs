using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// The step that ran the request failed; the inner exception says why. Its blocks are free again
/// and the engine goes on: the same request may be submitted anew.
/// </summary>
public sealed class StepFailedException : Exception
{
    /// <summary>Names the request, the step and the cause.</summary>
    public StepFailedException(RequestId id, StepId step, Exception cause)
        : base($"{step} failed and ended {id}: {cause?.Message}", cause) => (Id, Step) = (id, step);

    /// <summary>The request.</summary>
    public RequestId Id { get; }

    /// <summary>The step.</summary>
    public StepId Step { get; }
}
