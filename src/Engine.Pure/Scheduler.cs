using System.Diagnostics;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The scheduler and block manager of PagedAttention as one pure function: state and event in,
/// state and decisions out. Source: SOSP '23, section 4.
/// </summary>
public static class Scheduler
{
    /// <summary>
    /// What follows from <paramref name="evt"/>. Total: every event in every state has an answer;
    /// the same arguments always give the same answer.
    /// </summary>
    /// <param name="config">A validated configuration, the same for all steps of a run.</param>
    /// <param name="state">What held before.</param>
    /// <param name="evt">What happened.</param>
    /// <returns>What holds now, and what the world must do, in order.</returns>
    public static (SchedulerState State, Seq<Decision> Decisions) Step(
        SchedulerConfig config, SchedulerState state, Event evt) =>
        evt switch
        {
            Event.Submitted submitted => Submit.Apply(config, state, submitted.Request),
            Event.Cancelled cancelled => Cancel.Apply(state, cancelled),
            Event.StepWanted => Plan.Apply(config, state),
            Event.StepCompleted completed => Commit.Apply(config, state, completed.Result),
            Event.StepFailed failed => Fail.Apply(state, failed.Step),
            _ => throw new UnreachableException(),
        };
}
