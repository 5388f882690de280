using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>Those waiting by priority, then by arrival, whether they ran before or not.</summary>
/// <param name="Places">One for each that waits; the least is next.</param>
internal sealed record PriorityTurns(ImmutableSortedSet<Place> Places) : Turns
{
    public static PriorityTurns Empty { get; } =
        new(ImmutableSortedSet.Create<Place>(PlaceOrder.Instance));

    public override SequenceId Next(ImmutableSortedDictionary<SequenceId, Sequence> waiting) =>
        Places.Min.Id;

    public override Turns Arrive(SchedulerState state, Sequence newcomer) =>
        new PriorityTurns(Places.Add(Place.Of(newcomer)));

    public override Turns Return(Sequence victim) =>
        new PriorityTurns(Places.Add(Place.Of(victim)));

    public override Turns Leave(Sequence sequence) =>
        new PriorityTurns(Places.Remove(Place.Of(sequence)));
}

/// <summary>Where a sequence stands.</summary>
/// <param name="Priority">Lower first.</param>
/// <param name="Id">Of equals the earlier first.</param>
internal readonly record struct Place(int Priority, SequenceId Id)
{
    public static Place Of(Sequence sequence) => new(sequence.Request.Priority, sequence.Id);
}

internal sealed class PlaceOrder : IComparer<Place>
{
    public static PlaceOrder Instance { get; } = new();

    public int Compare(Place x, Place y) =>
        (x.Priority, x.Id.Value).CompareTo((y.Priority, y.Id.Value));
}
