using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>A way to serve: a scheduler at its start, for a cache of so many tokens.</summary>
/// <param name="Name">For tables and plots.</param>
/// <param name="Start">By slots of the cache.</param>
internal sealed record ServingSystem(string Name, Func<int, IServing> Start)
{
    /// <summary>Tokens of a sequence at most: OPT's.</summary>
    public const int LengthMax = 2048;

    /// <summary>Tokens that there are.</summary>
    public const int Vocabulary = 50_272;

    /// <summary>Tokens of a step at most, for all systems.</summary>
    public const int TokensMax = 2560;

    /// <summary>Sequences at once at most, for all systems.</summary>
    public const int SequencesMax = 256;

    /// <summary>The paper's: blocks of 16, no prefix cache.</summary>
    public static ServingSystem Ours { get; } = Paged("SkPaged", config => config);

    public static ServingSystem OrcaMax { get; } = Orca("Orca (Max)", Reservation.Max);

    public static ServingSystem OrcaPow2 { get; } = Orca("Orca (Pow2)", Reservation.Pow2);

    public static ServingSystem OrcaOracle { get; } = Orca("Orca (Oracle)", Reservation.Oracle);

    /// <summary>Static batches of as many as fit at the greatest length.</summary>
    public static ServingSystem FasterTransformer { get; } = new(
        "FasterTransformer",
        slots => new ReservedServing(
            Sized(slots, 16), Reservation.Max, Math.Max(1, slots / LengthMax)));

    /// <summary>The paper's five, ours first.</summary>
    public static IReadOnlyList<ServingSystem> All { get; } =
        [Ours, OrcaOracle, OrcaPow2, OrcaMax, FasterTransformer];

    /// <summary>Ours with something changed.</summary>
    public static ServingSystem Paged(
        string name, Func<SchedulerConfig, SchedulerConfig> change, int blockSize = 16) =>
        new(name, slots => PagedServing.Of(change(Sized(slots, blockSize))));

    private static ServingSystem Orca(string name, Reservation reservation) =>
        new(name, slots => new ReservedServing(Sized(slots, 16), reservation));

    private static SchedulerConfig Sized(int slots, int blockSize) =>
        new()
        {
            BlockSize = blockSize,
            BlocksTotal = slots / blockSize,
            MaxModelLength = LengthMax,
            VocabularySize = Vocabulary,
            MaxSequences = SequencesMax,
            MaxBatchedTokens = TokensMax,
            PrefixCaching = false,
            PreemptionMode = PreemptionMode.Recompute,
            MaxWaiting = int.MaxValue,
        };
}
