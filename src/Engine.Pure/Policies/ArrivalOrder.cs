namespace SkPaged.Engine.Pure;

/// <summary>By arrival: ids count up in its order.</summary>
internal sealed class ArrivalOrder : IComparer<SequenceId>
{
    public static ArrivalOrder Instance { get; } = new();

    public int Compare(SequenceId x, SequenceId y) => x.Value.CompareTo(y.Value);
}
