using System.Globalization;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>The limits that the scheduler keeps. Check once with <see cref="Validate"/>.</summary>
public sealed record SchedulerConfig
{
    /// <summary>Tokens a block holds. 1 .. 1,024, default 16.</summary>
    public int BlockSize { get; init; } = 16;

    /// <summary>Blocks of the pool, at least 1.</summary>
    public required int BlocksTotal { get; init; }

    /// <summary>Tokens a sequence may have, prompt and output together, at least 2.</summary>
    public required int MaxModelLength { get; init; }

    /// <summary>Tokens of the vocabulary, at least 1.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>Sequences that run at once, at least 1, default 256.</summary>
    public int MaxSequences { get; init; } = 256;

    /// <summary>
    /// Tokens a step computes at most, prefill and decode; at least 1, default 2,048.
    /// </summary>
    public int MaxBatchedTokens { get; init; } = 2048;

    /// <summary>
    /// Tokens of one prompt a step computes at most; 0 = up to the budget. Default 0.
    /// </summary>
    public int LongPrefillThreshold { get; init; }

    /// <summary>
    /// Share of the pool that admission leaves free for those running. [0, 1), default 0.01.
    /// An idle engine admits regardless.
    /// </summary>
    public double Watermark { get; init; } = 0.01;

    /// <summary>
    /// Whether full blocks are kept and shared between requests that begin alike. Default true.
    /// </summary>
    public bool PrefixCaching { get; init; } = true;

    /// <summary>Who goes first. Default: first come, first served.</summary>
    public SchedulingPolicy Policy { get; init; }

    /// <summary>
    /// What a computed prompt token counts for under <see cref="SchedulingPolicy.FairShare"/>.
    /// 1 .. 1,000, default 1.
    /// </summary>
    public int PromptTokenWeight { get; init; } = 1;

    /// <summary>
    /// What a token of output counts for under <see cref="SchedulingPolicy.FairShare"/>.
    /// 1 .. 1,000, default 2.
    /// </summary>
    public int OutputTokenWeight { get; init; } = 2;

    /// <summary>Blocks of the host's pool, for swapping; 0 = none. Default 0.</summary>
    public int HostBlocksTotal { get; init; }

    /// <summary>
    /// What becomes of the blocks of those that give way. Where the host's pool has not enough
    /// free blocks their tokens are computed again. Default <see cref="PreemptionMode.Auto"/>.
    /// </summary>
    public PreemptionMode PreemptionMode { get; init; }

    /// <summary>
    /// Time to move one block one way / time to compute one token of a prompt. 0 .. 1,000,000,
    /// default 1.
    /// </summary>
    public double SwapCostPerBlock { get; init; } = 1;

    /// <summary>
    /// Requests that may wait, none of whose sequences runs: at least 1, default 65,536.
    /// </summary>
    public int MaxWaiting { get; init; } = 65_536;

    /// <summary>
    /// Whether the next step may be planned while one runs, before its tokens are known. A stop
    /// then takes effect a step late, and the surplus token is dropped. Default false.
    /// </summary>
    public bool LookAhead { get; init; }

    /// <summary>
    /// The longest sequence that model and pool can hold, prompt and output together.
    /// </summary>
    public int MaxServableLength =>
        (int)Math.Min(MaxModelLength, (long)BlocksTotal * BlockSize);

    /// <summary>Blocks that admission leaves free while others run.</summary>
    public int WatermarkBlocks => (int)(Watermark * BlocksTotal);

    /// <summary>This configuration, or everything that is wrong with it.</summary>
    public Validation<ConfigError, SchedulerConfig> Validate()
    {
        var errors = new[]
        {
            Within(nameof(BlockSize), BlockSize, 1, 1024),
            Within(nameof(BlocksTotal), BlocksTotal, 1, int.MaxValue),
            Within(nameof(MaxModelLength), MaxModelLength, 2, int.MaxValue),
            Within(nameof(VocabularySize), VocabularySize, 1, int.MaxValue),
            Within(nameof(MaxSequences), MaxSequences, 1, int.MaxValue),
            Within(nameof(MaxBatchedTokens), MaxBatchedTokens, 1, int.MaxValue),
            Within(nameof(LongPrefillThreshold), LongPrefillThreshold, 0, int.MaxValue),
            Within(nameof(HostBlocksTotal), HostBlocksTotal, 0, int.MaxValue),
            Within(nameof(MaxWaiting), MaxWaiting, 1, int.MaxValue),
            Within(nameof(PromptTokenWeight), PromptTokenWeight, 1, 1000),
            Within(nameof(OutputTokenWeight), OutputTokenWeight, 1, 1000),
            SwapCostPerBlock is >= 0 and <= 1_000_000
                ? null
                : new ConfigError(
                    nameof(SwapCostPerBlock), Text(SwapCostPerBlock), "from 0 to 1000000"),
            Enum.IsDefined(PreemptionMode)
                ? null
                : new ConfigError(
                    nameof(PreemptionMode), Text((int)PreemptionMode), "one of the named"),
            Watermark is >= 0 and < 1
                ? null
                : new ConfigError(nameof(Watermark), Text(Watermark), "in [0, 1)"),
            Enum.IsDefined(Policy)
                ? null
                : new ConfigError(
                    nameof(Policy), Text(Policy), "one of the policies that there are"),
            (BlocksTotal, BlockSize) is (1, 1)
                ? new ConfigError(nameof(BlocksTotal), Text(BlocksTotal), "enough for 2 tokens")
                : null,
        };
        var found = errors.OfType<ConfigError>().ToSeq();
        return found.IsEmpty
            ? Validation<ConfigError, SchedulerConfig>.Success(this)
            : Validation<ConfigError, SchedulerConfig>.Fail(found);
    }

    private static ConfigError? Within(string name, int value, int min, int max) =>
        value >= min && value <= max
            ? null
            : new ConfigError(
                name,
                Text(value),
                max == int.MaxValue ? $"at least {min}" : $"from {min} to {max}");

    private static string Text<T>(T value) =>
        string.Create(CultureInfo.InvariantCulture, $"{value}");
}

/// <summary>A configuration value that cannot be taken.</summary>
/// <param name="Name">The property.</param>
/// <param name="Value">What it was.</param>
/// <param name="Expected">What it may be.</param>
public sealed record ConfigError(string Name, string Value, string Expected)
{
    /// <summary>The thing and the limit, in one sentence.</summary>
    public string Message => $"{Name} is {Value}; it must be {Expected}.";
}
