using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The order over those running. Newcomers stand behind it in the step that admits them and take
/// their place with the next.
/// </summary>
internal sealed class RunningOrder : IComparer<Sequence>
{
    private static readonly RunningOrder s_byArrival = new(byPriority: false);
    private static readonly RunningOrder s_byPriority = new(byPriority: true);

    private readonly bool _byPriority;

    private RunningOrder(bool byPriority) => _byPriority = byPriority;

    public static RunningOrder Of(SchedulingPolicy policy) =>
        policy == SchedulingPolicy.Priority ? s_byPriority : s_byArrival;

    public int Compare(Sequence? x, Sequence? y)
    {
        var urgency = _byPriority ? x!.Request.Priority.CompareTo(y!.Request.Priority) : 0;
        return urgency != 0 ? urgency : x!.Id.Value.CompareTo(y!.Id.Value);
    }

    /// <summary>
    /// Brings those running into the policy's order. First come, first served keeps it by itself:
    /// whoever starts came after all that run.
    /// </summary>
    public static void Sort(
        SchedulingPolicy policy, ImmutableArray<Sequence>.Builder running)
    {
        if (policy != SchedulingPolicy.FirstComeFirstServed && !IsSorted(Of(policy), running))
            running.Sort(Of(policy));
    }

    private static bool IsSorted(
        RunningOrder order, ImmutableArray<Sequence>.Builder running)
    {
        for (var index = 1; index < running.Count; index++)
        {
            if (order.Compare(running[index - 1], running[index]) > 0)
                return false;
        }

        return true;
    }
}
