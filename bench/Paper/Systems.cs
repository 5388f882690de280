using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>A way to serve: a scheduler at its start, for the cache that a preset has.</summary>
/// <param name="Name">For tables and plots.</param>
/// <param name="Start">With the preset's limits.</param>
internal sealed record ServingSystem(string Name, Func<Preset, IServing> Start)
{
    /// <summary>
    /// Whether one kernel copies all blocks of a step, as the paper's does (section 5.1); if not,
    /// each copy is begun on its own, once for K and for V of each layer.
    /// </summary>
    public bool CopiesFused { get; init; } = true;

    /// <summary>Tokens of a sequence at most: OPT's.</summary>
    public const int LengthMax = 2048;

    /// <summary>Tokens that there are.</summary>
    public const int Vocabulary = 50_272;

    /// <summary>Tokens of a step at most, for all systems.</summary>
    public const int TokensMax = 2560;

    /// <summary>The paper's: blocks of 16, no prefix cache.</summary>
    public static ServingSystem Ours { get; } = Paged("SkPaged", config => config);

    /// <summary>
    /// The same, but those that give way move to the host, as the paper's engine does it with
    /// requests of several sequences: computed again one by one they would share nothing.
    /// </summary>
    public static ServingSystem OursSwapping { get; } =
        BlockFigures.Giving(PreemptionMode.Swap, 16) with { Name = "SkPaged" };

    public static ServingSystem OrcaMax { get; } = Orca("Orca (Max)", Reservation.Max);

    public static ServingSystem OrcaPow2 { get; } = Orca("Orca (Pow2)", Reservation.Pow2);

    public static ServingSystem OrcaOracle { get; } = Orca("Orca (Oracle)", Reservation.Oracle);

    /// <summary>Static batches of as many as fit at the greatest length.</summary>
    public static ServingSystem FasterTransformer { get; } = new(
        "FasterTransformer",
        preset => new ReservedServing(
            Sized(preset, 16), Reservation.Max,
            Math.Clamp(preset.Slots / preset.LengthMax, 1, preset.SequencesMax)))
    {
        CopiesFused = false,
    };

    /// <summary>The paper's five, ours first.</summary>
    public static IReadOnlyList<ServingSystem> All { get; } =
        [Ours, OrcaOracle, OrcaPow2, OrcaMax, FasterTransformer];

    /// <summary>Ours with something changed.</summary>
    public static ServingSystem Paged(
        string name, Func<SchedulerConfig, SchedulerConfig> change, int blockSize = 16) =>
        new(name, preset => PagedServing.Of(change(Sized(preset, blockSize))));

    private static ServingSystem Orca(string name, Reservation reservation) =>
        new(name, preset => new ReservedServing(Sized(preset, 16), reservation))
        {
            CopiesFused = false,
        };

    private static SchedulerConfig Sized(Preset preset, int blockSize) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = preset.Slots / blockSize,
            MaxModelLength = preset.LengthMax,
            VocabularySize = preset.Vocabulary,
            MaxSequences = preset.SequencesMax,
            MaxBatchedTokens = TokensMax,
            PrefixCaching = false,
            PreemptionMode = PreemptionMode.Recompute,
            MaxWaiting = int.MaxValue,
        };
}
