namespace SkPaged.Engine.Pure;

/// <summary>
/// Preemption by recompute: the last in order gives back all its blocks, keeps its tokens, and
/// waits at its old place, ahead of everyone who stands behind it. Source: SOSP '23, section 4.5.
/// </summary>
internal static class Preempt
{
    public static void Last(ref StepDraft draft)
    {
        var victim = draft.LeaveLast();
        draft.Blocks.Release(victim.Blocks);
        draft.Columns.Preempt(victim.Request.Id);
        draft.Turns = draft.Turns.Return(victim);
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
