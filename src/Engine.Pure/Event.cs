using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>All that can happen to the scheduler. A recorded list of these replays a run.</summary>
public abstract record Event
{
    private Event()
    {
    }

    /// <summary>A caller wants something generated.</summary>
    public sealed record Submitted(Request Request) : Event;

    /// <summary>
    /// A request ends early: <see cref="FinishReason.Abort"/> when the caller gave up,
    /// <see cref="FinishReason.Stop"/> when the text layer met a stop string.
    /// An unknown or finished id is ignored.
    /// </summary>
    public sealed record Cancelled(RequestId Id, FinishReason Reason) : Event
    {
        /// <summary>
        /// The one sample that ends; null, the default, = all. A sample that is no sequence of its
        /// own, since its request has not been forked yet or searches beams, is ignored like an
        /// unknown id; with n = 1 sample 0 is the whole request.
        /// </summary>
        public int? Sample { get; init; }
    }

    /// <summary>The executor is free: plan a step if there is anything to run.</summary>
    public sealed record StepWanted : Event;

    /// <summary>A step ran. A step that is not in flight is ignored.</summary>
    public sealed record StepCompleted(StepResult Result) : Event;

    /// <summary>A step could not run; everything in it ends with an error.</summary>
    /// <param name="Step">The step in flight.</param>
    /// <param name="Cause">For people and logs.</param>
    public sealed record StepFailed(StepId Step, string Cause) : Event;
}

/// <summary>What an executor gives back for a plan.</summary>
/// <param name="Step">The plan's id.</param>
/// <param name="Samples">
/// As many tokens as each row of the plan draws, in row order, and of a row in sample order.
/// </param>
public sealed record StepResult(StepId Step, ImmutableArray<SampledToken> Samples);
