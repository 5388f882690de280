using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>First come, first served: the queue itself is all there is to know.</summary>
internal sealed record ArrivalTurns : Turns
{
    private ArrivalTurns()
    {
    }

    public static ArrivalTurns Instance { get; } = new();

    public override SequenceId Next(ImmutableSortedDictionary<SequenceId, Sequence> waiting) =>
        waiting.First().Key;

    public override Turns Arrive(SchedulerState state, Sequence newcomer) => this;

    public override Turns Return(Sequence victim) => this;

    public override Turns Leave(Sequence sequence) => this;
}
