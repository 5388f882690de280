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

    /// <summary>Requests that may wait: one more is refused.</summary>
    public required int WaitingMax { get; init; }

    /// <summary>Requests, some of them waiting, that have blocks in the host's memory.</summary>
    public required int Swapped { get; init; }

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

    /// <summary>Blocks of the host's pool; 0 where nothing can swap.</summary>
    public required int HostBlocksTotal { get; init; }

    /// <summary>Blocks of the host's pool that a swapped sequence holds.</summary>
    public required int HostBlocksLive { get; init; }

    /// <summary>Tokens whose K and V the live blocks hold, or get in the step that runs.</summary>
    public required long TokensHeld { get; init; }

    /// <summary>Tokens that the live blocks have room for.</summary>
    public required long SlotsHeld { get; init; }

    /// <summary>Tokens held / slots held, 0 .. 1; 1 when no block is live.</summary>
    public double KvUtilisation => SlotsHeld == 0 ? 1 : (double)TokensHeld / SlotsHeld;

    /// <summary>
    /// Tokens held / slots held over all steps, 0 .. 1: what is missing was lost to unfilled ends
    /// of last blocks. 1 before the first step.
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

    /// <summary>
    /// Tokens found in the prefix cache / those and the ones computed of prompts, since the engine
    /// began. 0 .. 1; 0 before the first.
    /// </summary>
    public double PrefixHitRate =>
        CachedTokens == 0 ? 0 : (double)CachedTokens / (CachedTokens + PrefillTokens);

    /// <summary>Blocks that were cached and taken for something else.</summary>
    public required long Evictions { get; init; }

    /// <summary>Blocks copied before a write, since other sequences held them too.</summary>
    public required long Copies { get; init; }

    /// <summary>Times a request lost its blocks.</summary>
    public long Preemptions => PreemptionsByRecompute + PreemptionsBySwap;

    /// <summary>Of those, the times that its tokens had to be computed again.</summary>
    public required long PreemptionsByRecompute { get; init; }

    /// <summary>Of those, the times that its blocks moved to the host's memory.</summary>
    public required long PreemptionsBySwap { get; init; }

    /// <summary>Blocks moved to the host's memory; one that several share moves once.</summary>
    public required long BlocksSwappedOut { get; init; }

    /// <summary>
    /// Blocks moved back from the host's memory; one that two requests share comes once for each.
    /// </summary>
    public required long BlocksSwappedIn { get; init; }

    /// <summary>What the executor took for the last step; zero before the first.</summary>
    public required TimeSpan LastStep { get; init; }

    internal static EngineSnapshot Of(SchedulerConfig config, EngineState now)
    {
        var (state, failed, lastStep) = now;
        var stats = state.Stats;
        var running = Census.Running(state);
        return new EngineSnapshot
        {
            Running = running,
            Waiting = state.Unfinished.Count - running,
            WaitingMax = config.MaxWaiting,
            Swapped = Census.Swapped(state),
            BlocksTotal = state.Blocks.TotalCount,
            BlocksLive = state.Blocks.LiveCount,
            BlocksCached = state.Blocks.CachedCount,
            BlocksLivePeak = stats.PeakBlocksLive,
            HostBlocksTotal = state.HostBlocks.TotalCount,
            HostBlocksLive = state.HostBlocks.LiveCount,
            TokensHeld = Census.TokensHeld(config, state),
            SlotsHeld = (long)state.Blocks.LiveCount * config.BlockSize,
            KvUtilisationMean = stats.KvUtilisation,
            Steps = stats.Steps,
            StepsFailed = failed,
            PrefillTokens = stats.PrefillTokens,
            DecodeTokens = stats.DecodeTokens,
            CachedTokens = stats.CachedTokens,
            Evictions = stats.Evictions,
            Copies = stats.Copies,
            PreemptionsByRecompute = stats.Preemptions - stats.Swaps,
            PreemptionsBySwap = stats.Swaps,
            BlocksSwappedOut = stats.BlocksSwappedOut,
            BlocksSwappedIn = stats.BlocksSwappedIn,
            LastStep = lastStep,
        };
    }
}
