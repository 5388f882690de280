using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Small limits, so that a few requests meet all of them: pools of 2 to 36 tokens, budgets of a
/// few tokens.
/// </summary>
public static class Configs
{
    /// <summary>Few tokens, so that end tokens are met by chance.</summary>
    public const int Vocabulary = 16;

    // Half of all first come, first served.
    private static readonly SchedulingPolicy[] s_policies =
    [
        SchedulingPolicy.FirstComeFirstServed,
        SchedulingPolicy.FirstComeFirstServed,
        SchedulingPolicy.Priority,
        SchedulingPolicy.FairShare,
    ];

    public static Gen<SchedulerConfig> Any { get; } =
        from blockSize in Gen.Frequency(
            (4, Gen.Choose(1, 2)), (2, Gen.Choose(3, 4)), (1, Gen.Choose(5, 16)))
        from slots in Gen.Frequency((1, Gen.Choose(2, 8)), (9, Gen.Choose(14, 36)))
        from length in Gen.Frequency((1, Gen.Choose(2, 24)), (5, Gen.Constant(64)))
        from sequences in Gen.Frequency((1, Gen.Constant(1)), (6, Gen.Choose(2, 6)))
        from budget in Gen.Frequency(
            (1, Gen.Choose(1, 3)), (4, Gen.Choose(4, 12)), (1, Gen.Constant(64)))
        from threshold in Gen.Frequency((1, Gen.Constant(0)), (1, Gen.Choose(1, 6)))
        from watermark in Gen.Elements(0, 0, 0.01, 0.1, 0.25, 0.6)
        from caching in Gen.Frequency((4, Gen.Constant(true)), (1, Gen.Constant(false)))
        from host in Gen.Frequency((2, Gen.Constant(0)), (3, Gen.Choose(1, 12)))
        from mode in Gen.Elements(
            PreemptionMode.Swap, PreemptionMode.Swap, PreemptionMode.Auto, PreemptionMode.Auto,
            PreemptionMode.Recompute)
        from cost in Gen.Elements(0.1, 0.5, 1)
        from ahead in Gen.Frequency((2, Gen.Constant(false)), (1, Gen.Constant(true)))
        from waiting in Gen.Frequency((4, Gen.Constant(100)), (1, Gen.Choose(1, 3)))
        from policy in Gen.Elements(s_policies)
        from promptWeight in Gen.Frequency((2, Gen.Constant(1)), (1, Gen.Choose(1, 3)))
        from outputWeight in Gen.Frequency((2, Gen.Constant(2)), (1, Gen.Choose(1, 3)))
        select new SchedulerConfig
        {
            BlockSize = blockSize,
            BlocksTotal = Math.Max(BlockTable.BlocksFor(slots, blockSize), 2 / blockSize),
            MaxModelLength = length,
            VocabularySize = Vocabulary,
            MaxSequences = sequences,
            MaxBatchedTokens = budget,
            LongPrefillThreshold = threshold,
            Watermark = watermark,
            MaxWaiting = waiting,
            PrefixCaching = caching,
            HostBlocksTotal = host,
            PreemptionMode = mode,
            SwapCostPerBlock = cost,
            LookAhead = ahead,
            Policy = policy,
            PromptTokenWeight = promptWeight,
            OutputTokenWeight = outputWeight,
        };

    /// <summary>Simpler limits, the boldest first.</summary>
    public static IEnumerable<SchedulerConfig> Shrink(SchedulerConfig config) =>
        new[]
        {
            config with { LookAhead = false },
            config with { Policy = SchedulingPolicy.FirstComeFirstServed },
            config with { PromptTokenWeight = 1, OutputTokenWeight = 1 },
            config with { LongPrefillThreshold = 0 },
            config with { Watermark = 0 },
            config with { PrefixCaching = false },
            config with { HostBlocksTotal = 0 },
            config with { HostBlocksTotal = config.HostBlocksTotal / 2 },
            config with { PreemptionMode = PreemptionMode.Swap },
            config with { MaxModelLength = 64 },
            config with { MaxWaiting = 100 },
            config with { MaxBatchedTokens = 64 },
            config with { BlockSize = 1 },
            config with { BlockSize = Math.Max(1, config.BlockSize / 2) },
            config with { BlocksTotal = Math.Max(2, config.BlocksTotal / 2) },
            config with { BlocksTotal = Math.Max(2, config.BlocksTotal - 1) },
            config with { MaxSequences = Math.Max(1, config.MaxSequences - 1) },
        }
        .Where(simpler => simpler != config);
}
