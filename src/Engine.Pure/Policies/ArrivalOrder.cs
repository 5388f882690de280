namespace SkPaged.Engine.Pure;

/// <summary>First come, first served: ids count up in order of arrival.</summary>
internal sealed class ArrivalOrder : IComparer<SequenceId>
{
    public static ArrivalOrder Instance { get; } = new();

    public int Compare(SequenceId x, SequenceId y) => x.Value.CompareTo(y.Value);
}
