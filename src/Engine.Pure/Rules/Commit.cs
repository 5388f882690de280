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
        var running = ImmutableArray.CreateBuilder<Sequence>(state.Running.Length);
        var decisions = new List<Decision>(samples.Length);
        var unfinished = state.Unfinished;
        var blocks = state.Blocks.Edit();
        var (row, sample) = (0, 0);
        foreach (var sequence in state.Running)
        {
            if (RowOf(plan, sequence.Id, row) is not { } own)
            {
                running.Add(sequence);
                continue;
            }

            for (; row < own; row++)
                sample += plan.Samples(row) ? 1 : 0;
            var (next, ended) = plan.Samples(row)
                ? Grow(config, sequence, plan.TokenCounts[row], samples[sample++], decisions)
                : (Advance(sequence, plan.TokenCounts[row]), false);
            row++;
            next = Register.Apply(config, ref blocks, next);
            if (ended)
            {
                blocks.Release(next.Blocks);
                unfinished = unfinished.Remove(next.Request.Id);
            }
            else
            {
                running.Add(next);
            }
        }

        var after = state with
        {
            Blocks = blocks.Freeze(),
            Running = running.DrainToImmutable(),
            Turns = state.Turns.Charge(config, state.Running, decisions),
            Unfinished = unfinished,
            InFlight = null,
        };
        return (after, Decisions.Of([.. decisions]));
    }

    // The row of a sequence, at or behind the next; null = it has none. The rows before it are of
    // sequences that left, which are few, so this looks at one row nearly always.
    private static int? RowOf(StepPlan plan, SequenceId id, int next) =>
        plan.Sequences.AsSpan()[next..].IndexOf(id) is >= 0 and var behind
            ? next + behind
            : null;

    private static Sequence Advance(Sequence sequence, int tokens) =>
        sequence with { ComputedTokens = sequence.ComputedTokens + tokens };

    private static (Sequence, bool Ended) Grow(
        SchedulerConfig config,
        Sequence sequence,
        int tokens,
        SampledToken sample,
        List<Decision> decisions)
    {
        var next = sequence with
        {
            ComputedTokens = sequence.ComputedTokens + tokens,
            Tokens = sequence.Tokens.Append(sample.Token),
        };
        decisions.Add(new Decision.Emit(next.Request.Id, sample));
        var reason = next.Request.Stop.Check(
            sample.Token, next.OutputTokens, next.Tokens.Count, config.MaxServableLength);
        if (reason is { } ended)
            decisions.Add(new Decision.Finish(next.Request.Id, ended, next.Usage));
        return (next, reason is not null);
    }
}
