using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>The scheduler, or a mutant of it.</summary>
public delegate (SchedulerState State, Seq<Decision> Decisions) StepFunction(
    SchedulerConfig config, SchedulerState state, Event evt);

/// <summary>One event, what held before, and all that followed from it.</summary>
/// <param name="Index">Its place in the trace.</param>
/// <param name="Config">The limits.</param>
/// <param name="Before">The state that met the event.</param>
/// <param name="Event">What happened.</param>
/// <param name="Decisions">What the world must do.</param>
/// <param name="After">The state that the event left.</param>
public sealed record Transition(
    int Index,
    SchedulerConfig Config,
    SchedulerState Before,
    Event Event,
    Seq<Decision> Decisions,
    SchedulerState After)
{
    /// <summary>The plan that this event led to.</summary>
    public StepPlan? Planned => Decisions.OfType<Decision.RunStep>().SingleOrDefault()?.Plan;

    /// <summary>Running sequences that lost their blocks, the last in order first.</summary>
    public ImmutableArray<Sequence> Preempted =>
    [
        .. Order.Of(Config, Before.Running.Where(this.GivesWay)).Reverse<Sequence>(),
    ];

    /// <summary>Those that left the waiting queue to run without any KV, in order.</summary>
    public ImmutableArray<Sequence> Admitted =>
    [
        .. After.Running.Where(sequence =>
            Before.Waiting.TryGetValue(sequence.Id, out var waited) && !waited.IsSwapped),
    ];

    /// <summary>Those that came back from the host's memory, in order.</summary>
    public ImmutableArray<Sequence> Returned =>
    [
        .. After.Running.Where(sequence =>
            Before.Waiting.TryGetValue(sequence.Id, out var waited) && waited.IsSwapped),
    ];

    /// <summary>Those that left the waiting queue to run, with KV or without, in order.</summary>
    public ImmutableArray<Sequence> Started =>
        [.. After.Running.Where(sequence => Before.Waiting.ContainsKey(sequence.Id))];

    /// <summary>Samples other than the first that began with this event.</summary>
    public IEnumerable<Sequence> Forked =>
        After.Running.Where(sequence => sequence.Sample > 0
            && Before.Unfinished().All(other => other.Id != sequence.Id));

    /// <summary>
    /// Those that were unfinished before and are finished after, and beams that did not survive.
    /// </summary>
    public ImmutableArray<Sequence> Ended => [.. Before.Unfinished().Where(this.Ends)];

    /// <summary>
    /// The blocks that a sequence needs for all its present tokens: one that will fork a last
    /// block for each of its samples.
    /// </summary>
    public int WholeBlocks(Sequence sequence) =>
        sequence.Width > 1
            ? sequence.Tokens.Count / Config.BlockSize + sequence.Width
            : BlockTable.BlocksFor(this.Length(sequence), Config.BlockSize);

    /// <summary>
    /// The blocks that running sequences need for all their present tokens: shared ones once, and
    /// an unfilled one for each that will write to it.
    /// </summary>
    public int WholeBlocks(IReadOnlyCollection<Sequence> sequences) =>
        sequences.Sum(sequence => WholeBlocks(sequence) - sequence.Blocks.Count)
        + sequences.SelectMany(sequence => sequence.Blocks.Blocks.ToArray()).Distinct().Count()
        + sequences
            .Select(Unfilled)
            .OfType<BlockId>()
            .CountBy(block => block)
            .Sum(holders => holders.Value - 1);

    /// <summary>The block behind whose tokens a sequence will write; null = a new one.</summary>
    public BlockId? Unfilled(Sequence sequence) =>
        sequence.ComputedTokens % Config.BlockSize == 0
            ? null
            : sequence.Blocks[sequence.ComputedTokens / Config.BlockSize];

    public override string ToString() =>
        $"{Index,4} {Show.Event(Event)} => {string.Join(", ", Decisions.Select(Show.Decision))}";
}

/// <summary>
/// Transitions to check one by one: a law over these looks at before, event, decisions and after
/// only, so it holds for any set of them, whatever led there.
/// </summary>
/// <param name="Items">The transitions.</param>
/// <param name="Source">The workload that they come from, if they come from one.</param>
public sealed record Transitions(ImmutableArray<Transition> Items, Workload? Source = null)
{
    public void Each(Action<Transition> law)
    {
        foreach (var transition in Items)
            Holds(law, transition);
    }

    /// <summary>Those with a new plan.</summary>
    public void EachPlanned(Action<Transition, StepPlan> law) =>
        Each(transition =>
        {
            if (transition.Planned is { } plan)
                law(transition, plan);
        });

    /// <summary>Those that an event of one kind led to.</summary>
    public void EachAfter<T>(Action<Transition, T> law)
        where T : Event =>
        Each(transition =>
        {
            if (transition.Event is T evt)
                law(transition, evt);
        });

    public override string ToString() =>
        string.Join(
            Environment.NewLine,
            [.. Items.Take(1).Select(first => Show.Config(first.Config)), .. Items.Select(Text)]);

    private static string Text(Transition transition) => $"{transition}";

    // Says where, since a trace has a hundred events.
    private static void Holds(Action<Transition> law, Transition transition)
    {
        try
        {
            law(transition);
        }
        catch (Xunit.Sdk.XunitException broken)
        {
            throw new LawBrokenException(
                $"At {transition}{Environment.NewLine}{broken.Message}", broken);
        }
    }
}

/// <summary>A law does not hold; the message says where.</summary>
public sealed class LawBrokenException(string message, Exception inner)
    : Exception(message, inner);

/// <summary>Readings of a state that many laws share.</summary>
public static class StateReadings
{
    /// <summary>All unfinished sequences, in order of arrival.</summary>
    public static IEnumerable<Sequence> Unfinished(this SchedulerState state) =>
        state.Running.Concat(state.Waiting.Values);

    /// <summary>Tokens of a sequence that the step in flight computes.</summary>
    public static int TokensInFlight(this SchedulerState state, SequenceId id) =>
        state.InFlight is { } plan && plan.Sequences.IndexOf(id) is >= 0 and var row
            ? plan.TokenCounts[row]
            : 0;
}
