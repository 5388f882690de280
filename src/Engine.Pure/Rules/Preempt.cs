namespace SkPaged.Engine.Pure;

/// <summary>
/// Preemption by recompute: the latest arrival gives back all its blocks, keeps its tokens, and
/// waits at its old place, ahead of everyone who came after it. All samples of a request go
/// together, since they share blocks. Source: SOSP '23, section 4.5.
/// </summary>
/// <remarks>
/// A request that runs alone and still lacks blocks has too many samples for the pool: the last
/// of them waits until another has ended. Each alone fits.
/// </remarks>
internal static class Preempt
{
    public static void Latest(ref StepDraft draft)
    {
        var first = draft.LastGroup();
        var left = first == 0 ? draft.RunningCount - 1 : first;
        draft.Columns.Preempt(draft.Running(first).Request.Id);
        if (draft.Running(first) is { Beams: not null } beam)
        {
            Restart(ref draft, first, beam);
            return;
        }

        while (draft.RunningCount > left)
            Leave(ref draft);
    }

    private static void Restart(ref StepDraft draft, int first, Sequence beam)
    {
        while (draft.RunningCount > first)
            draft.Blocks.Release(draft.LeaveLast().Blocks);
        draft.Waiting = draft.Waiting.Add(beam.Id, Search.Restarted(beam));
    }

    private static void Leave(ref StepDraft draft)
    {
        var victim = draft.LeaveLast();
        draft.Blocks.Release(victim.Blocks);
        draft.Waiting = draft.Waiting.Add(
            victim.Id,
            victim with
            {
                Blocks = BlockTable.Empty,
                ComputedTokens = 0,
                Content = null,
                Preemptions = victim.Preemptions + 1,
            });
    }
}
