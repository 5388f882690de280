using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// Whose turn it is among those waiting: what a policy has to remember of them. A value, as the
/// state that it is part of.
/// </summary>
internal abstract record Turns
{
    /// <summary>Nobody waits.</summary>
    public static Turns Of(SchedulingPolicy policy) =>
        policy switch
        {
            SchedulingPolicy.Priority => PriorityTurns.Empty,
            SchedulingPolicy.FairShare => FairTurns.Empty,
            _ => ArrivalTurns.Instance,
        };

    /// <summary>Who is next; the caller has seen that somebody waits.</summary>
    public abstract SequenceId Next(ImmutableSortedDictionary<SequenceId, Sequence> waiting);

    /// <summary>A newcomer waits.</summary>
    /// <param name="state">Without it.</param>
    /// <param name="newcomer">Who.</param>
    public abstract Turns Arrive(SchedulerState state, Sequence newcomer);

    /// <summary>One that ran waits again.</summary>
    public abstract Turns Return(Sequence victim);

    /// <summary>One that waited was given up.</summary>
    public abstract Turns Leave(Sequence sequence);

    /// <summary>
    /// One that waited runs; what it found in the prefix cache counts as computed.
    /// </summary>
    public virtual Turns Admit(SchedulerConfig config, Sequence sequence) => Leave(sequence);

    /// <summary>A step was answered.</summary>
    /// <param name="config">The limits.</param>
    /// <param name="running">Those that ran, in the order of the decisions.</param>
    /// <param name="decisions">What was drawn for them.</param>
    public virtual Turns Charge(
        SchedulerConfig config,
        ImmutableArray<Sequence> running,
        IReadOnlyList<Decision> decisions) => this;
}
