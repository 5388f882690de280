using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// A step could not run: what it would have written is unknown, so all its sequences end with an
/// error and give back their blocks. Those that it moved to the host will compute their tokens
/// again. Everyone else goes on.
/// </summary>
internal static class Fail
{
    public static (SchedulerState, Seq<Decision>) Apply(SchedulerState state, StepId step)
    {
        if (state.InFlight is not { } plan || plan.Id != step)
            return (state, Decisions.None);
        var failed = plan.Sequences.ToHashSet();
        return End.Apply(
            Forgotten(state, plan) with { InFlight = null },
            [.. state.Running.Where(sequence => failed.Contains(sequence.Id))],
            FinishReason.Error);
    }

    // Who was swapped out by the step may have nothing in the host's memory.
    private static SchedulerState Forgotten(SchedulerState state, StepPlan plan)
    {
        if (plan.SwapOuts.IsEmpty)
            return state;
        var lost = plan.SwapOuts.Select(swap => new BlockId(swap.Host.Value)).ToHashSet();
        return state.Waiting.Values
            .Where(sequence => sequence.HostBlocks.Blocks.ToArray().Any(lost.Contains))
            .Aggregate(state, Forgotten);
    }

    // A search begins again, with its first beam in place of all.
    private static SchedulerState Forgotten(SchedulerState state, Sequence sequence)
    {
        var hostBlocks = state.HostBlocks.Edit();
        hostBlocks.Release(sequence.HostBlocks);
        var after = state with { HostBlocks = hostBlocks.Freeze() };
        return sequence switch
        {
            { Beams: null } => after with
            {
                Waiting = state.Waiting.SetItem(
                    sequence.Id,
                    sequence with { HostBlocks = BlockTable.Empty, ComputedTokens = 0 }),
            },
            { Sample: 0 } => after with
            {
                Waiting = state.Waiting.SetItem(sequence.Id, Search.Restarted(sequence)),
            },
            _ => after with
            {
                Waiting = state.Waiting.Remove(sequence.Id),
                Turns = state.Turns.Leave(sequence),
            },
        };
    }
}
