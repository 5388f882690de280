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
        var running = ImmutableArray.CreateBuilder<Sequence>(state.Running.Length);
        var decisions = new List<Decision>(samples.Length);
        var unfinished = state.Unfinished;
        var blocks = state.Blocks.Edit();
        var (row, sample) = (0, 0);
        foreach (var sequence in state.Running)
        {
            for (; row < plan.Rows && plan.Sequences[row].Value < sequence.Id.Value; row++)
                sample += plan.Samples(row) ? 1 : 0;
            if (row == plan.Rows || plan.Sequences[row] != sequence.Id)
            {
                running.Add(sequence);
                continue;
            }

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
            Unfinished = unfinished,
            InFlight = null,
        };
        return (after, Decisions.Of([.. decisions]));
    }

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
