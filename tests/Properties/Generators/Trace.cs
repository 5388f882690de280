using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>
/// A whole history: from an idle scheduler, a new one or one that has been through much, through a
/// workload, then steps until nothing is left to run (or until far more steps than that can take).
/// </summary>
/// <param name="Workload">What was asked.</param>
/// <param name="Step">The scheduler that answered.</param>
/// <param name="Items">Every transition, in order.</param>
public sealed record Trace(
    Workload Workload, StepFunction Step, ImmutableArray<Transition> Items)
{
    public SchedulerConfig Config => Workload.Config;

    /// <summary>Where it begins: nothing is unfinished, and the counts are 0.</summary>
    public SchedulerState First { get; init; } = SchedulerState.Initial(Workload.Config);

    public SchedulerState Last => Items.IsEmpty ? First : Items[^1].After;

    public Transitions Transitions => new(Items, Workload);

    public IEnumerable<Event> Events => Items.Select(transition => transition.Event);

    /// <summary>What happened after the workload was over.</summary>
    public IEnumerable<Transition> Drain => Items.Skip(Workload.Commands.Length);

    /// <summary>The state when the workload was over.</summary>
    public SchedulerState AtDrain =>
        Workload.Commands.IsEmpty ? First : Items[Workload.Commands.Length - 1].After;

    public override string ToString() =>
        string.Join(Environment.NewLine, [Show.Config(Config), .. Items.Select(each => $"{each}")]);
}
