using System.Collections.Immutable;
using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>The whole truth about a scheduler at one moment: a value.</summary>
public sealed record SchedulerState
{
    private SchedulerState()
    {
    }

    /// <summary>The physical blocks.</summary>
    public required BlockPool Blocks { get; init; }

    /// <summary>The blocks in the host's memory, of those that are swapped out.</summary>
    public required BlockPool HostBlocks { get; init; }

    /// <summary>
    /// Those without blocks, swapped out or not, in order of arrival.
    /// </summary>
    public required ImmutableSortedDictionary<SequenceId, Sequence> Waiting { get; init; }

    /// <summary>
    /// Those with blocks, in the order of the last plan: those that ran before it by the policy's
    /// order, then those that it admitted.
    /// </summary>
    public required ImmutableArray<Sequence> Running { get; init; }

    /// <summary>
    /// Unfinished requests and the sequences each became: finds them by their caller's id.
    /// </summary>
    public required HashMap<RequestId, Ongoing> Unfinished { get; init; }

    /// <summary>The step that an executor is running now.</summary>
    public StepPlan? InFlight { get; init; }

    /// <summary>
    /// The step behind the one in flight, planned before that one's tokens are known; null where
    /// none is in flight.
    /// </summary>
    public StepPlan? Ahead { get; init; }

    /// <summary>Whose turn it is among those waiting.</summary>
    internal Turns Turns { get; init; } = ArrivalTurns.Instance;

    /// <summary>Counts since the start.</summary>
    public required SchedulerStats Stats { get; init; }

    /// <summary>The id of the next sequence.</summary>
    public SequenceId NextSequence { get; init; }

    /// <summary>The id of the next step.</summary>
    public StepId NextStep { get; init; }

    /// <summary>An idle scheduler over an empty pool.</summary>
    public static SchedulerState Initial(SchedulerConfig config) =>
        new()
        {
            Blocks = BlockPool.Create(config.BlocksTotal),
            HostBlocks = BlockPool.Create(config.HostBlocksTotal),
            Waiting = ImmutableSortedDictionary.Create<SequenceId, Sequence>(ArrivalOrder.Instance),
            Running = [],
            Turns = Turns.Of(config.Policy),
            Unfinished = default,
            Stats = new SchedulerStats(),
        };

    /// <summary>
    /// Says that the blocks of this state, and of those before it, will never be read again. Not
    /// needed for anything but speed: storage that the next steps would allocate is used again.
    /// Reading them afterwards throws an <see cref="InvalidOperationException"/>; counts, such as
    /// <see cref="BlockPool.FreeCount"/>, stay readable (ADR 17).
    /// </summary>
    /// <param name="next">The state that a step from this one led to.</param>
    public void RetireFor(SchedulerState next)
    {
        Blocks.RetireFor(next.Blocks);
        HostBlocks.RetireFor(next.HostBlocks);
    }

    /// <summary>The sequences of a request, wherever they are, in order of its samples.</summary>
    internal IEnumerable<Sequence> Members(Ongoing ongoing)
    {
        for (var index = 0; index < Running.Length; index++)
        {
            if (ongoing.Has(Running[index].Id))
                yield return Running[index];
        }

        for (var offset = 0; offset < ongoing.Width; offset++)
        {
            if (Waiting.TryGetValue(new(ongoing.First.Value + offset), out var sequence))
                yield return sequence;
        }
    }
}

/// <summary>Counts since the start; they only grow.</summary>
public sealed record SchedulerStats
{
    /// <summary>Steps planned.</summary>
    public long Steps { get; init; }

    /// <summary>
    /// Tokens computed that were the prompt's, or another time after a preemption.
    /// </summary>
    public long PrefillTokens { get; init; }

    /// <summary>Tokens computed one at a time.</summary>
    public long DecodeTokens { get; init; }

    /// <summary>Times a sequence lost its blocks.</summary>
    public long Preemptions { get; init; }

    /// <summary>Of those, the times that its blocks moved to the host.</summary>
    public long Swaps { get; init; }

    /// <summary>Blocks moved to the host.</summary>
    public long BlocksSwappedOut { get; init; }

    /// <summary>Blocks moved back from the host.</summary>
    public long BlocksSwappedIn { get; init; }

    /// <summary>Tokens that needed no computing: they were in the prefix cache.</summary>
    public long CachedTokens { get; init; }

    /// <summary>Blocks copied before a write, since others held them too.</summary>
    public long Copies { get; init; }

    /// <summary>Cached blocks that were taken for something else.</summary>
    public long Evictions { get; init; }

    /// <summary>The most blocks that were ever live at once.</summary>
    public int PeakBlocksLive { get; init; }

    /// <summary>
    /// Tokens in live blocks, summed over steps: each counts once for every step, and once for all
    /// that share it.
    /// </summary>
    public long TokenSteps { get; init; }

    /// <summary>Slots of live blocks, summed over steps.</summary>
    public long SlotSteps { get; init; }

    /// <summary>
    /// Tokens held / slots held, over all steps: what is missing to 1 was lost to the unfilled ends
    /// of last blocks. 1 before the first step. Source: SOSP '23, figure 2.
    /// </summary>
    public double KvUtilisation => SlotSteps == 0 ? 1 : (double)TokenSteps / SlotSteps;
}
