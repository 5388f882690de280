using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// What a state does not count itself, counted when somebody asks.
/// </summary>
internal static class Census
{
    /// <summary>Requests that have blocks.</summary>
    public static int Running(SchedulerState state) =>
        state.Running.Select(sequence => sequence.Request.Id).Distinct().Count();

    /// <summary>
    /// Requests that have blocks in the host's memory. Those waiting are looked through up to the
    /// last of them, and not at all while the host's pool is empty.
    /// </summary>
    public static int Swapped(SchedulerState state)
    {
        var (requests, last) = (0, default(Request));
        var references = state.HostBlocks.LiveCount + state.HostBlocks.SharesTotal;
        if (references == 0)
            return 0;
        foreach (var sequence in state.Waiting.Values)
        {
            if (!sequence.IsSwapped)
                continue;
            requests += ReferenceEquals(sequence.Request, last) ? 0 : 1;
            (last, references) = (sequence.Request, references - sequence.HostBlocks.Count);
            if (references == 0)
                break;
        }

        return requests;
    }

    /// <summary>Tokens in live blocks: those in a block that several share count once.</summary>
    public static long TokensHeld(SchedulerConfig config, SchedulerState state)
    {
        var tokens = (state.InFlight?.TokensTotal ?? 0) + (state.Ahead?.TokensTotal ?? 0)
            - state.Blocks.SharesTotal * config.BlockSize;
        HashSet<BlockId>? unfilled = null;
        foreach (var sequence in state.Running)
        {
            tokens += sequence.ComputedTokens;
            var filled = sequence.ComputedTokens % config.BlockSize;
            // Until one of them writes, samples share even their last block, which is not full:
            // only what is filled of it was counted twice, but a whole block was taken off. The
            // pool is not asked which are shared: its thread may be a step further.
            if (filled != 0
                && sequence.Request.Width > 1
                && !(unfilled ??= []).Add(sequence.Blocks.Blocks[^1]))
                tokens += config.BlockSize - filled;
        }

        return tokens;
    }
}
