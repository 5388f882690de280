namespace SkPaged.Engine.Pure;

/// <summary>What holds of the order in every state, under each policy.</summary>
internal static class PolicyInvariants
{
    public static IEnumerable<Violation> Check(SchedulerConfig config, SchedulerState state) =>
    [
        .. Overtaking(config.Policy, state),
        .. Turns(state),
    ];

    // First come, first served, those running and then those waiting stand by arrival. Else
    // nobody runs who stands behind one that gave way, or came after one of its own kind.
    private static IEnumerable<Violation> Overtaking(
        SchedulingPolicy policy, SchedulerState state)
    {
        const string law = "nobody is overtaken";
        if (policy == SchedulingPolicy.FirstComeFirstServed)
        {
            var ids = state.Running.Concat(state.Waiting.Values)
                .Select(each => each.Id.Value)
                .ToList();
            return Enumerable.Zip(ids, ids.Skip(1))
                .Where(pair => pair.First >= pair.Second)
                .Select(pair => new Violation(
                    law, $"sequence {pair.Second} stands behind {pair.First}"));
        }

        return
            from waiting in state.Waiting.Values
            from running in state.Running
            where Overtook(policy, running, waiting)
            select new Violation(law, $"{running.Id} runs while {waiting.Id} waits");
    }

    private static bool Overtook(
        SchedulingPolicy policy, Sequence running, Sequence waiting) =>
        waiting.Preemptions > 0
            ? RunningOrder.Of(policy).Compare(running, waiting) > 0
            : running.Id.Value > waiting.Id.Value && (policy == SchedulingPolicy.Priority
                ? running.Request.Priority >= waiting.Request.Priority
                : running.Request.Tenant == waiting.Request.Tenant);

    // Everyone that waits has one turn, and whoever contends is at the level.
    private static IEnumerable<Violation> Turns(SchedulerState state)
    {
        const string law = "exactly those that wait have a turn";
        var turns = state.Turns switch
        {
            PriorityTurns priority => priority.Places.Select(place => place.Id),
            FairTurns fair => fair.Returning
                .Concat(fair.Shares.Values.SelectMany(share => share.Newcomers)),
            _ => state.Waiting.Keys,
        };
        var ids = turns.OrderBy(id => id.Value).ToList();
        if (!ids.SequenceEqual(state.Waiting.Keys))
            yield return new(law, $"{string.Join(", ", ids)} have turns of "
                + $"{string.Join(", ", state.Waiting.Keys)}");
        if (state.Turns is not FairTurns { Level: var level, Shares: var shares })
            yield break;
        foreach (var (tenant, _) in shares.Where(each =>
            each.Value.Waits && each.Value.Service < level))
            yield return new("who waits was served at least the level", $"'{tenant.Key}' was not");
        foreach (var sequence in state.Running.Concat(state.Waiting.Values)
            .Where(each => !shares.ContainsKey(Tenant.Of(each))))
            yield return new("who is under way has a counter", $"{sequence.Id} has none");
    }
}
