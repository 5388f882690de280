using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Generators;

/// <summary>Who stands before whom: the policies in plain words.</summary>
public static class Order
{
    /// <summary>Whether one stands before the other when both run.</summary>
    public static bool IsBefore(SchedulerConfig config, Sequence one, Sequence other) =>
        config.Policy == SchedulingPolicy.Priority
            && one.Request.Priority != other.Request.Priority
            ? one.Request.Priority < other.Request.Priority
            : one.Id.Value < other.Id.Value;

    /// <summary>Sequences as they stand when all of them run.</summary>
    public static List<Sequence> Of(SchedulerConfig config, IEnumerable<Sequence> sequences) =>
    [
        .. sequences
            .OrderBy(each =>
                config.Policy == SchedulingPolicy.Priority ? each.Request.Priority : 0)
            .ThenBy(each => each.Id.Value),
    ];

    /// <summary>
    /// Whether two are of one kind, of which the earlier always starts first: all; all of one
    /// priority; all of one tenant that never ran.
    /// </summary>
    public static bool AreAlike(SchedulerConfig config, Sequence one, Sequence other) =>
        config.Policy switch
        {
            SchedulingPolicy.Priority => one.Request.Priority == other.Request.Priority,
            SchedulingPolicy.FairShare => one.Request.Tenant == other.Request.Tenant
                && one.Preemptions == 0 && other.Preemptions == 0,
            _ => true,
        };

    /// <summary>Whose turn it is; null = nobody waits.</summary>
    public static Sequence? Next(SchedulerConfig config, SchedulerState state)
    {
        var waiting = state.Waiting.Values;
        var returning = waiting.Where(each => each.Preemptions > 0);
        return config.Policy != SchedulingPolicy.FairShare
            ? Of(config, waiting).FirstOrDefault()
            : returning.FirstOrDefault() ?? waiting
                .GroupBy(each => each.Request.Tenant)
                .OrderBy(tenant => state.Service(tenant.Key))
                .ThenBy(tenant => tenant.First().Id.Value)
                .FirstOrDefault()?.First();
    }

    /// <summary>Who gets its tokens before all others; null = nothing is unfinished.</summary>
    public static Sequence? First(SchedulerConfig config, SchedulerState state) =>
        Of(config, state.Running).FirstOrDefault() ?? Next(config, state);

    /// <summary>
    /// Whether a newcomer could start after <paramref name="other"/> and stand before it then.
    /// </summary>
    public static bool MayOvertake(SchedulerConfig config, Sequence newcomer, Sequence other) =>
        config.Policy != SchedulingPolicy.FirstComeFirstServed
        && newcomer.Preemptions == 0
        && IsBefore(config, newcomer, other);

    /// <summary>The counter of a tenant; 0 = none is kept.</summary>
    public static long Service(this SchedulerState state, string? tenant) =>
        state.Turns is FairTurns fair
            ? fair.Shares.GetValueOrDefault(new Tenant(tenant), Share.None).Service
            : 0;
}
