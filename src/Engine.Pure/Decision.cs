using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>All that the scheduler can ask of the world, in the order to be carried out.</summary>
public abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>Execute this plan and answer with a completed or failed step.</summary>
    public sealed record RunStep(StepPlan Plan) : Decision;

    /// <summary>A token for the caller.</summary>
    public sealed record Emit(RequestId Id, SampledToken Token) : Decision
    {
        /// <summary>Which of the request's samples goes on; default 0, the first.</summary>
        public int Sample { get; init; }
    }

    /// <summary>
    /// A sample is over; nothing follows for it. The request is over with its last sample.
    /// </summary>
    public sealed record Finish(RequestId Id, FinishReason Reason, Usage Usage) : Decision
    {
        /// <summary>Which of the request's samples ends; default 0, the first.</summary>
        public int Sample { get; init; }

        /// <summary>
        /// Sum of the log probabilities of a beam's output. Null, the default, where tokens are
        /// drawn: theirs come with them.
        /// </summary>
        public double? Logprob { get; init; }
    }

    /// <summary>
    /// All samples of the request are over, and these are its answer, the best first. Only of a
    /// request that drew more than its caller gets; nothing follows for it.
    /// </summary>
    public sealed record Choose(RequestId Id, ImmutableArray<int> Samples) : Decision
    {
        /// <inheritdoc/>
        public bool Equals(Choose? other) =>
            other is not null && Id == other.Id && Samples.SequenceEqual(other.Samples);

        /// <inheritdoc/>
        public override int GetHashCode() => HashCode.Combine(Id, Samples.Length);
    }

    /// <summary>The request was never taken in.</summary>
    public sealed record Reject(RequestId Id, Rejection Why) : Decision;
}
