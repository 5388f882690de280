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

    // Rows and running sequences are both in the order of the plan, so one walk over both pairs
    // them.
    private static (SchedulerState, Seq<Decision>) Merge(
        SchedulerConfig config,
        SchedulerState state,
        StepPlan plan,
        ImmutableArray<SampledToken> samples)
    {
        var draft = new CommitDraft(config, state, samples.Length);
        var (row, sample) = (0, 0);
        foreach (var sequence in state.Running)
        {
            if (RowOf(plan, sequence.Id, row) is not { } own)
            {
                draft.Keep(sequence);
                continue;
            }

            for (; row < own; row++)
                sample += plan.Draws[row].Count;
            var drawn = plan.Draws[row].Count;
            draft.Advance(
                sequence, plan.TokenCounts[row], samples.AsSpan().Slice(sample, drawn));
            sample += drawn;
            row++;
        }

        return draft.Freeze(state);
    }

    // The row of a sequence, at or behind the next; null = it has none. The rows before it are of
    // sequences that left, which are few, so this looks at one row nearly always.
    private static int? RowOf(StepPlan plan, SequenceId id, int next) =>
        next < plan.Rows && plan.Sequences[next] == id ? next
        : plan.Sequences.AsSpan()[next..].IndexOf(id) is >= 0 and var behind ? next + behind
        : null;
}
