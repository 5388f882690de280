using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A step's tokens join their sequences; those that end give back their blocks. Rows of sequences
/// that were cancelled meanwhile are dropped.
/// </summary>
internal static class Commit
{
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerConfig config, SchedulerState state, StepResult result) =>
        state.InFlight is not { } plan || plan.Id != result.Step ? (state, Decisions.None)
        : result.Samples.IsDefault || result.Samples.Length != plan.SamplesTotal
            ? Fail.Apply(state, plan.Id)
        : Merge(config, state, plan, result.Samples);

    private static (SchedulerState, Seq<Decision>) Merge(
        SchedulerConfig config,
        SchedulerState state,
        StepPlan plan,
        ImmutableArray<SampledToken> samples)
    {
        var draft = new CommitDraft(config, state, samples.Length);
        var rows = new RowCursor(plan);
        foreach (var sequence in state.Running)
        {
            if (rows.MoveTo(sequence.Id))
                draft.Advance(
                    sequence,
                    plan.TokenCounts[rows.Row],
                    samples.AsSpan().Slice(rows.FirstSample, plan.Draws[rows.Row].Count));
            else
                draft.Keep(sequence);
        }

        return draft.Freeze(state);
    }
}
