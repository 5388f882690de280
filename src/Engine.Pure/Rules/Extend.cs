namespace SkPaged.Engine.Pure;

/// <summary>
/// Those running get their next tokens, in the policy's order, the samples of a request together.
/// Where blocks lack, the last in order gives way: nobody loses blocks to one that stands behind
/// it.
/// </summary>
/// <remarks>
/// The first in line always gets its row: everyone else can be preempted for it, and no sequence
/// may be longer than the pool.
/// </remarks>
internal static class Extend
{
    /// <returns>
    /// False when blocks lack and nobody may be made to give way: a step ahead preempts nobody.
    /// </returns>
    public static bool Apply(ref StepDraft draft)
    {
        for (var index = 0; index < draft.RunningCount;)
        {
            while (index < draft.RunningCount && IsLacking(ref draft, index))
            {
                if (draft.IsAhead)
                    return false;
                Preempt.Last(ref draft);
            }

            if (index < draft.RunningCount)
                index = Schedule(ref draft, index);
        }

        return true;
    }

    private static int Schedule(ref StepDraft draft, int first)
    {
        var end = draft.GroupEnd(first);
        var isHeldBack = IsHeldBack(ref draft, first, end);
        for (var index = first; index < end; index++)
        {
            var tokens = isHeldBack
                ? 0
                : draft.TokensFor(draft.Running(index), draft.Budget);
            if (tokens == 0)
                draft.Defer(index);
            else
                draft.Schedule(index, tokens);
        }

        return end;
    }

    // No token needs more than one block, so of a single sequence it mostly need not be counted.
    private static bool IsLacking(ref StepDraft draft, int first)
    {
        var sequence = draft.Running(first);
        var free = draft.Blocks.FreeCount;
        return !(sequence.IsSingle && draft.TokensFor(sequence, draft.Budget) <= free)
            && Needed(ref draft, first) > free;
    }

    // The blocks that the group at first takes in this step, copies included.
    private static int Needed(ref StepDraft draft, int first)
    {
        var (needed, budget) = (0, draft.Budget);
        var end = draft.GroupEnd(first);
        if (IsHeldBack(ref draft, first, end))
            return 0;
        for (var index = first; index < end; index++)
        {
            var sequence = draft.Running(index);
            var tokens = draft.TokensFor(sequence, budget);
            if (tokens == 0)
                continue;
            budget -= tokens;
            needed += Copies(ref draft, first, index)
                + BlockTable.BlocksFor(sequence.ComputedTokens + tokens, draft.Config.BlockSize)
                - BlockTable.BlocksFor(sequence.ComputedTokens, draft.Config.BlockSize);
        }

        return needed;
    }

    // Beams draw in one step or wait for the next: the first in line has the whole budget.
    private static bool IsHeldBack(ref StepDraft draft, int first, int end) =>
        !draft.Running(first).IsSingle
        && draft.Running(first).Request.Beams is not null
        && end - first > draft.Budget;

    // Of those that hold an unfilled block, the last one to write keeps it.
    private static int Copies(ref StepDraft draft, int first, int index)
    {
        var sequence = draft.Running(index);
        if (!draft.IsLastShared(sequence))
            return 0;
        var block = sequence.Blocks.Blocks[^1];
        var holders = draft.Blocks.ReferenceCount(block);
        for (var earlier = first; earlier < index; earlier++)
            holders -= draft.Running(earlier).Blocks.Blocks[^1] == block ? 1 : 0;
        return holders > 1 ? 1 : 0;
    }
}
