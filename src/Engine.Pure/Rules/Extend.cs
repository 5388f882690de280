namespace SkPaged.Engine.Pure;

/// <summary>
/// Those running get their next tokens, in the policy's order. Where blocks lack, the last in
/// order gives way: nobody loses blocks to one that stands behind it.
/// </summary>
/// <remarks>
/// The first in line always gets its row: everyone else can be preempted for it, and no sequence
/// may be longer than the pool.
/// </remarks>
internal static class Extend
{
    public static void Apply(ref StepDraft draft)
    {
        for (var index = 0; index < draft.RunningCount; index++)
        {
            var tokens = draft.TokensFor(draft.Running(index));
            if (tokens == 0)
                draft.Defer(index);
            else if (MakeRoom(ref draft, index, tokens))
                draft.Schedule(index, tokens);
        }
    }

    // False when the sequence itself was the last in order, and gave way.
    private static bool MakeRoom(ref StepDraft draft, int index, int tokens)
    {
        var sequence = draft.Running(index);
        var needed = BlockTable.BlocksFor(sequence.ComputedTokens + tokens, draft.Config.BlockSize)
            - sequence.Blocks.Count;
        while (draft.Blocks.FreeCount < needed && draft.RunningCount > index)
            Preempt.Last(ref draft);
        return draft.RunningCount > index;
    }
}
