namespace SkPaged.Engine.Pure;

/// <summary>
/// What becomes of the blocks of those that give way. Source: SOSP '23, section 4.5.
/// </summary>
public enum PreemptionMode
{
    /// <summary>
    /// By cost: they move to the host where moving them out and in again takes less time than
    /// computing their tokens again, by <see cref="SchedulerConfig.SwapCostPerBlock"/>.
    /// </summary>
    Auto,

    /// <summary>They are given back; their tokens will be computed again.</summary>
    Recompute,

    /// <summary>They move to the host.</summary>
    Swap,
}
