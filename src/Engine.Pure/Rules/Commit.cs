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

    // Rows and running sequences are both in order of arrival, so one walk over both pairs them.
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
            for (; row < plan.Rows && plan.Sequences[row].Value < sequence.Id.Value; row++)
                sample += plan.Draws[row].Count;
            if (row == plan.Rows || plan.Sequences[row] != sequence.Id)
            {
                draft.Keep(sequence);
                continue;
            }

            var drawn = plan.Draws[row].Count;
            draft.Advance(
                sequence, plan.TokenCounts[row], samples.AsSpan().Slice(sample, drawn));
            sample += drawn;
            row++;
        }

        return draft.Freeze(state);
    }
}
