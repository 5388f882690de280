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
        draft.Columns.Preempt(draft.Running(first).Request.Id);
        if (SwapOut.IsChosen(ref draft, first))
            SwapOut.Apply(ref draft, first);
        else
            Recompute(ref draft, first);
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
