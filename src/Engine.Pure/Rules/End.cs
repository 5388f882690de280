using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Sequences end before their time, wherever they are, and give back exactly what they held.
/// </summary>
/// <remarks>
/// A step in flight may still write to the blocks given back. That is harmless: whoever takes
/// them next is computed by a later step, and an executor runs its steps in order.
/// </remarks>
internal static class End
{
    /// <param name="state">What held before.</param>
    /// <param name="ended">Those that end, in the order in which it is told.</param>
    /// <param name="reason">Why.</param>
    public static (SchedulerState, Seq<Decision>) Apply(
        SchedulerState state, IReadOnlyCollection<Sequence> ended, FinishReason reason)
    {
        var blocks = state.Blocks.Edit();
        var hostBlocks = state.HostBlocks.Edit();
        var (unfinished, turns) = (state.Unfinished, state.Turns);
        var decisions = ImmutableArray.CreateBuilder<Decision>(ended.Count);
        foreach (var sequence in ended)
        {
            blocks.Release(sequence.Blocks);
            hostBlocks.Release(sequence.HostBlocks);
            turns = state.Waiting.ContainsKey(sequence.Id) ? turns.Leave(sequence) : turns;
            Tell(sequence, reason, decisions);
            unfinished = Rank.Ended(unfinished, sequence, reason, decisions);
        }

        var ids = ended.Select(sequence => sequence.Id).ToHashSet();
        var next = state with
        {
            Blocks = blocks.Freeze(),
            HostBlocks = hostBlocks.Freeze(),
            Running = state.Running.RemoveAll(sequence => ids.Contains(sequence.Id)),
            Waiting = state.Waiting.RemoveRange(ids),
            Turns = turns,
            Unfinished = unfinished,
        };
        return (next, Decisions.Of(decisions));
    }

    /// <summary>The end of a sequence and of all samples that it stands for.</summary>
    public static void Tell(
        Sequence sequence, FinishReason reason, ImmutableArray<Decision>.Builder decisions)
    {
        if (sequence.Request.Beams is not null)
        {
            Search.TellEnd(sequence, reason, decisions);
            return;
        }

        for (var sample = 0; sample < sequence.Width; sample++)
        {
            decisions.Add(new Decision.Finish(sequence.Request.Id, reason, sequence.Usage)
            {
                Sample = sequence.Sample + sample,
            });
        }
    }
}
