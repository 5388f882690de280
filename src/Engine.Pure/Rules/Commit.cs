using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A step's tokens join their sequences; those that end give back their blocks. Rows of sequences
/// that were cancelled meanwhile are dropped.
/// </summary>
internal static class Commit
{
    // Rows whose logs are fetched together: as many as a processor waits for at once.
    private const int FetchedAtOnce = 16;

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
        for (var index = 0; index < state.Running.Length; index++)
        {
            if (index % FetchedAtOnce == 0)
                Fetch(state.Running.AsSpan()[index..]);
            var sequence = state.Running[index];
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

    // Each append waits until its line of the log has come, and a claim lets nothing pass it: what
    // is fetched for many before the first claim comes at once.
    private static void Fetch(ReadOnlySpan<Sequence> running)
    {
        foreach (var sequence in running[..Math.Min(FetchedAtOnce, running.Length)])
            sequence.Tokens.Fetch();
    }
}
