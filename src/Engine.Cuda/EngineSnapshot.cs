using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>The numbers of an engine at one moment, all of the same moment.</summary>
/// <remarks>
/// Whoever has read the end of a request finds it gone from here, and its blocks free.
/// </remarks>
public sealed record EngineSnapshot
{
    /// <summary>Requests that have blocks.</summary>
    public required int Running { get; init; }

    /// <summary>Requests taken in that have no blocks: new ones, and those preempted.</summary>
    public required int Waiting { get; init; }

    /// <summary>Blocks of the pool.</summary>
    public required int BlocksTotal { get; init; }

    /// <summary>Blocks that at least one sequence holds.</summary>
    public required int BlocksLive { get; init; }

    /// <summary>Blocks that nobody holds.</summary>
    public int BlocksFree => BlocksTotal - BlocksLive;

    /// <summary>Blocks that nobody holds and that keep a prefix for those to come.</summary>
    public required int BlocksCached { get; init; }

    /// <summary>The most blocks that were ever live at once.</summary>
    public required int BlocksLivePeak { get; init; }

    /// <summary>Tokens whose K and V the live blocks hold, or get in the step that runs.</summary>
    public required long TokensHeld { get; init; }

    /// <summary>Tokens that the live blocks have room for.</summary>
    public required long SlotsHeld { get; init; }

    /// <summary>Tokens held / slots held, 0 .. 1; 1 when no block is live.</summary>
    public double KvUtilisation => SlotsHeld == 0 ? 1 : (double)TokensHeld / SlotsHeld;

    /// <summary>
    /// Tokens held / slots held over all steps, 0 .. 1: what is missing was lost to unfilled ends
    /// of
    /// last blocks. 1 before the first step.
    /// </summary>
    public required double KvUtilisationMean { get; init; }

    /// <summary>Steps begun.</summary>
    public required long Steps { get; init; }

    /// <summary>Steps that could not run.</summary>
    public required long StepsFailed { get; init; }

    /// <summary>Tokens computed of prompts, and again after preemptions.</summary>
    public required long PrefillTokens { get; init; }

    /// <summary>Tokens computed one at a time.</summary>
    public required long DecodeTokens { get; init; }

    /// <summary>Tokens that needed no computing: they were in the prefix cache.</summary>
    public required long CachedTokens { get; init; }

    /// <summary>Blocks that were cached and taken for something else.</summary>
    public required long Evictions { get; init; }

    /// <summary>Times a request lost its blocks.</summary>
    public required long Preemptions { get; init; }

    /// <summary>What the executor took for the last step; zero before the first.</summary>
    public required TimeSpan LastStep { get; init; }

    internal static EngineSnapshot Of(SchedulerConfig config, EngineState now)
    {
        var (state, failed, lastStep) = now;
        return new EngineSnapshot
        {
            Running = state.Running.Length,
            Waiting = state.Waiting.Count,
            BlocksTotal = state.Blocks.TotalCount,
            BlocksLive = state.Blocks.LiveCount,
            BlocksCached = state.Blocks.CachedCount,
            BlocksLivePeak = state.Stats.PeakBlocksLive,
            TokensHeld = Computed(state) + (state.InFlight?.TokensTotal ?? 0)
                + (state.Ahead?.TokensTotal ?? 0)
                - state.Blocks.SharesTotal * config.BlockSize,
            SlotsHeld = (long)state.Blocks.LiveCount * config.BlockSize,
            KvUtilisationMean = state.Stats.KvUtilisation,
            Steps = state.Stats.Steps,
            StepsFailed = failed,
            PrefillTokens = state.Stats.PrefillTokens,
            DecodeTokens = state.Stats.DecodeTokens,
            CachedTokens = state.Stats.CachedTokens,
            Evictions = state.Stats.Evictions,
            Preemptions = state.Stats.Preemptions,
            LastStep = lastStep,
        };
    }

    private static long Computed(SchedulerState state)
    {
        var tokens = 0L;
        foreach (var sequence in state.Running)
            tokens += sequence.ComputedTokens;
        return tokens;
    }
}
