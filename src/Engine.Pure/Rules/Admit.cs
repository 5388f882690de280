using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Those waiting start when it is their turn, as long as the first of them fits: nobody else is
/// tried. A step that took blocks from somebody lets nobody in.
/// The gate counts the whole sequence, not its first chunk, and what others were promised; blocks
/// in the prefix cache are shared, and count once.
/// </summary>
/// <remarks>
/// Of the pool's blocks: [live) [owed to chunked prompts) [watermark) [open to the newcomer).
/// The watermark keeps those running from being preempted at once; an idle engine needs none.
/// </remarks>
internal static class Admit
{
    public static void Apply(ref StepDraft draft)
    {
        if (draft.Moves.Preempted.Count > 0)
            return;
        while (draft.Budget > 0 && !draft.Waiting.IsEmpty)
        {
            var first = draft.Waiting[draft.Turns.Next(draft.Waiting)];
            if (first.IsSwapped)
            {
                // Until the step in flight has run nobody knows what it moved to the host.
                if (draft.MovesOut || !SwapIn.Apply(ref draft, first))
                    return;
                continue;
            }

            if (draft.Width + first.Width > draft.Config.MaxSequences)
                return;
            first = Match.Of(ref draft, first);
            if (Follow.IsDue(ref draft, first) || !Fits(ref draft, first))
                return;
            draft.Start(first);
            draft.Enter(first);
            draft.Schedule(draft.RunningCount - 1, draft.TokensFor(first, draft.Budget));
        }
    }

    // Alone everyone fits: no sequence is longer than the pool, and samples can take turns. Shared
    // blocks that nobody holds are free now, but not for anything else.
    private static bool Fits(ref StepDraft draft, Sequence newcomer)
    {
        if (draft.RunningCount == 0)
            return true;
        var needed = Fork.BlocksFor(newcomer, draft.Config.BlockSize);
        foreach (var block in newcomer.Blocks.Blocks)
            needed -= draft.Blocks.IsFree(block) ? 0 : 1;
        return needed <= draft.Blocks.FreeCount
            - draft.BlocksOwed - draft.Config.WatermarkBlocks;
    }
}
