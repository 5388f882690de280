namespace SkPaged.Engine.Pure;

/// <summary>
/// Preemption by recompute: the latest arrival gives back all its blocks, keeps its tokens, and
/// waits at its old place, ahead of everyone who came after it. Source: SOSP '23, section 4.5.
/// </summary>
internal static class Preempt
{
    public static void Latest(ref StepDraft draft)
    {
        var victim = draft.LeaveLast();
        draft.Blocks.Release(victim.Blocks);
        draft.Columns.Preempt(victim.Request.Id);
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
