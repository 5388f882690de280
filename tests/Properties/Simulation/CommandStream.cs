using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Simulation;

/// <summary>
/// A busy day from one number: the n-th command is a function of seed and n, so a run of any
/// length needs no storage and can be taken up anywhere.
/// </summary>
public readonly record struct CommandStream(ulong Seed)
{
    /// <summary>Limits that are met now and then: about a dozen sequences fill the pool.</summary>
    public SchedulerConfig Config => new()
    {
        BlockSize = 1 + Pick(0, salt: 1, of: 4),
        BlocksTotal = 40 + Pick(0, salt: 2, of: 40),
        MaxModelLength = 128,
        VocabularySize = Configs.Vocabulary,
        MaxSequences = 4 + Pick(0, salt: 3, of: 12),
        MaxBatchedTokens = 16 + Pick(0, salt: 4, of: 64),
        LongPrefillThreshold = Pick(0, salt: 5, of: 2) * 12,
        Watermark = Pick(0, salt: 6, of: 3) * 0.05,
        MaxWaiting = 24,
        HostBlocksTotal = Pick(0, salt: 7, of: 24),
        PreemptionMode = (PreemptionMode)(Seed / 3 % 3),
        SwapCostPerBlock = 0.25 * (1 + Pick(0, salt: 9, of: 4)),
        LookAhead = Pick(0, salt: 8, of: 2) == 0,
        Policy = (SchedulingPolicy)(Seed % 3),
    };

    /// <summary>
    /// The n-th command: mostly the executor's moves, and every fault there is. Now and then all
    /// come at once.
    /// </summary>
    public Command this[long n] =>
        Pick(n, salt: 0, of: 1000) switch
        {
            < 100 => Submit(n),
            >= 400 when IsBurst(n) => Submit(n),
            < 106 => new Command.Cancel(Pick(n, 1, 64), FinishReason.Abort),
            < 108 => new Command.Cancel(Pick(n, 1, 64), FinishReason.Stop)
            {
                IsAlone = Pick(n, 2, 2) == 0,
            },
            < 110 => new Command.CancelUnknown(Pick(n, 1, 1000)),
            < 112 => new Command.SubmitFlawed((Flaw)Pick(n, 1, 8), Pick(n, 2, 4)),
            < 114 => new Command.SubmitAgain(Pick(n, 1, 1000), 1 + Pick(n, 2, 8)),
            < 116 => new Command.Stale(Pick(n, 1, 2) * 2 - 1, Pick(n, 2, 2) == 0),
            < 118 => new Command.WantStep(),
            118 => new Command.Fail(),
            119 => new Command.Miscount(Pick(n, 1, 2) * 2 - 1),
            _ => new Command.Advance(),
        };

    // 32 commands of 2048.
    private bool IsBurst(long n) => n / 32 % 64 == Pick(n / 2048, salt: 15, of: 64);

    // Half of all begin like others, if their salts are the same.
    private Command.Submit Submit(long n)
    {
        var max = 1 + Pick(n, 1, 60);
        var (beams, samples) = (Pick(n, 12, 8) == 0, Pick(n, 8, 3) == 0 ? 1 + Pick(n, 9, 4) : 1);
        return new Command.Submit(
            1 + Pick(n, 2, Pick(n, 3, 4) == 0 ? 60 : 12),
            new Ending(max, Pick(n, 4, 4) == 0 ? Pick(n, 5, max) : 0, Pick(n, 6, 3)),
            Pick(n, 7, Pick(n, 16, 2) == 0 ? 4 : 1000),
            Pick(n, 17, 5) switch { 0 => "ours", 1 => "theirs", _ => null })
        {
            Samples = samples,
            BestOf = !beams && Pick(n, 18, 4) == 0 ? samples + Pick(n, 19, 3) : null,
            Beams = beams ? Beams(n) : null,
            Priority = Pick(n, 10, 3),
            Tenant = Pick(n, 11, 5) switch { 0 => "a", 1 => "b", _ => null },
        };
    }

    // As wide as the samples that may be asked for.
    private BeamParams Beams(long n) =>
        new()
        {
            Width = 4,
            LengthPenalty = Pick(n, 13, 4) - 1,
            EarlyStopping = (EarlyStopping)Pick(n, 14, 3),
        };

    private int Pick(long n, int salt, int of) =>
        (int)(TokenFunction.Hash([new((int)Seed), new((int)n), new(salt)]) % (ulong)of);
}
