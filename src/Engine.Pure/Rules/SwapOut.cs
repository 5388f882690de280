namespace SkPaged.Engine.Pure;

/// <summary>
/// The blocks of those that give way move to the host's memory, a shared one once, and come back
/// as they were. All of a request move or none. Source: SOSP '23, section 4.5.
/// </summary>
internal static class SwapOut
{
    /// <summary>
    /// Whether those running from <paramref name="first"/> on are to move: the policy wants it and
    /// the host has room.
    /// </summary>
    public static bool IsChosen(ref StepDraft draft, int first)
    {
        var config = draft.Config;
        if (config.PreemptionMode == PreemptionMode.Recompute || draft.HostBlocks.FreeCount == 0)
            return false;
        var (blocks, tokens) = (new HashSet<BlockId>(), 0L);
        for (var index = first; index < draft.RunningCount; index++)
        {
            tokens += draft.Running(index).ComputedTokens;
            foreach (var block in draft.Running(index).Blocks.Blocks)
            {
                if (draft.Hosted?.ContainsKey(block) != true)
                    blocks.Add(block);
            }
        }

        return blocks.Count <= draft.HostBlocks.FreeCount
            && (config.PreemptionMode == PreemptionMode.Swap
                || 2 * config.SwapCostPerBlock * blocks.Count < tokens);
    }

    /// <summary>Moves those running from <paramref name="first"/> on.</summary>
    public static void Apply(ref StepDraft draft, int first)
    {
        draft.Swaps++;
        var tables = new Stack<BlockTable>();
        for (var index = first; index < draft.RunningCount; index++)
            tables.Push(Hosted(ref draft, draft.Running(index).Blocks));
        while (draft.RunningCount > first)
        {
            var victim = draft.LeaveLast();
            draft.Blocks.Release(victim.Blocks);
            draft.Wait(victim with
            {
                Blocks = BlockTable.Empty,
                HostBlocks = tables.Pop(),
                Content = null,
                Preemptions = victim.Preemptions + 1,
            });
        }
    }

    private static BlockTable Hosted(ref StepDraft draft, BlockTable table)
    {
        var hosted = new BlockId[table.Count];
        for (var index = 0; index < hosted.Length; index++)
            hosted[index] = draft.Host(table[index]);
        return BlockTable.Empty.Append(hosted);
    }
}
