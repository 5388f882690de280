namespace SkPaged.Engine.Pure;

/// <summary>
/// The last in order gives up all its blocks, keeps its tokens, and waits at its old place, ahead
/// of everyone who stands behind it. All samples of a request go together, since they share
/// blocks. Source: SOSP '23, section 4.5.
/// </summary>
/// <remarks>
/// A request that runs alone and still lacks blocks has too many samples for the pool: the last
/// of them waits until another has ended. Each alone fits.
/// </remarks>
internal static class Preempt
{
    public static void Last(ref StepDraft draft)
    {
        var group = draft.LastGroup();
        var first = group == 0 ? draft.RunningCount - 1 : group;
        draft.Moves.Preempt(draft.Running(first).Request.Id);
        if (SwapOut.IsChosen(ref draft, first))
            SwapOut.Apply(ref draft, first);
        else if (draft.Running(first).Beams is null)
            Recompute(ref draft, first);
        else
            Restart(ref draft, first);
    }

    // Nothing of a search was told, so it is run again: computing the beams again one by one would
    // not bring back what they shared.
    private static void Restart(ref StepDraft draft, int first)
    {
        var beam = draft.Running(first);
        while (draft.RunningCount > first)
            draft.Blocks.Release(draft.LeaveLast().Blocks);
        draft.Wait(Search.Restarted(beam) with { Preemptions = beam.Preemptions + 1 });
    }

    private static void Recompute(ref StepDraft draft, int first)
    {
        while (draft.RunningCount > first)
        {
            var victim = draft.LeaveLast();
            draft.Blocks.Release(victim.Blocks);
            draft.Wait(victim with
            {
                Blocks = BlockTable.Empty,
                ComputedTokens = 0,
                Content = null,
                Preemptions = victim.Preemptions + 1,
            });
        }
    }
}
