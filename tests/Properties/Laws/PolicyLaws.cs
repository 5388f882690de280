using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>What each policy adds to the order of arrival.</summary>
public static class PolicyLaws
{
    [Law]
    public static void Under_priority_nobody_starts_while_a_lower_number_waits(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Started, newcomer =>
            Assert.False(
                transition.Config.Policy == SchedulingPolicy.Priority
                    && transition.After.Waiting.Values.Any(waiting =>
                        waiting.Request.Priority < newcomer.Request.Priority),
                $"{newcomer.Id} starts")));

    [Law]
    public static void Of_equals_the_earlier_starts(Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Started, newcomer =>
            Assert.DoesNotContain(transition.After.Waiting.Values, waiting =>
                waiting.Id.Value < newcomer.Id.Value
                && Order.AreAlike(transition.Config, waiting, newcomer))));

    [Law]
    public static void Under_fair_share_nobody_new_starts_while_one_that_gave_way_waits(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.False(
            transition.Config.Policy == SchedulingPolicy.FairShare
            && transition.Admitted.Any(each => each.Preemptions == 0)
            && transition.After.Waiting.Values.Any(each => each.Preemptions > 0)));

    // Counted on as the newcomers of the step start: each adds its prompt.
    [Law]
    public static void The_tenant_that_was_served_least_starts_next(Transitions transitions) =>
        transitions.EachPlanned((transition, _) =>
        {
            if (transition.Before.Turns is not FairTurns)
                return;
            var waiting = transition.Before.Waiting.Values
                .Where(each => each.Preemptions == 0)
                .ToList();
            var served = waiting.Select(each => each.Request.Tenant).Distinct()
                .ToDictionary(tenant => new Tenant(tenant), transition.Before.Service);
            foreach (var newcomer in transition.Admitted.Where(each => each.Preemptions == 0))
            {
                var next = waiting.MinBy(each => (served[Tenant.Of(each)], each.Id.Value))!;
                Assert.Equal(served[Tenant.Of(next)], served[Tenant.Of(newcomer)]);
                Assert.Equal(next.Id, newcomer.Id);
                served[Tenant.Of(newcomer)] += Prompt(transition.Config, newcomer);
                waiting.RemoveAll(each => each.Id == newcomer.Id);
            }
        });

    [Law]
    public static void A_tenant_is_charged_for_each_prompt_that_starts_and_each_token_it_gets(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Before.Turns is not FairTurns before
                || transition.Event is Event.Submitted)
                return;
            Assert.All(before.Shares.Keys, tenant => Assert.Equal(
                transition.Before.Service(tenant.Key) + Charge(transition, tenant),
                transition.After.Service(tenant.Key)));
        });

    [Law]
    public static void Who_begins_to_wait_has_no_claim_to_what_was_served_before(
        Transitions transitions) =>
        transitions.EachAfter<Event.Submitted>((transition, submitted) =>
        {
            var tenant = new Tenant(submitted.Request.Tenant);
            if (transition.Before.Turns is not FairTurns before
                || ReferenceEquals(transition.Before, transition.After)
                || Newcomers(before, tenant))
                return;
            var least = before.Shares.Values.Where(share => share.Waits)
                .Select(share => share.Service)
                .DefaultIfEmpty(before.Level)
                .Min();
            Assert.Equal(
                Math.Max(least, Known(transition, tenant)),
                transition.After.Service(tenant.Key));
        });

    [Law]
    public static void A_tenant_is_remembered_while_its_counter_can_matter(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Before.Turns is not FairTurns before
                || transition.After.Turns is not FairTurns after)
                return;
            var contended = before.Shares.Values.Any(share => share.Waits);
            Assert.All(before.Shares, each => Assert.True(
                after.Shares.ContainsKey(each.Key)
                    || (!IsActive(transition.Before, each.Key)
                        && (!contended || each.Value.Service <= after.Level)),
                $"'{each.Key.Key}' is forgotten"));
        });

    // A tenant that asked before may be forgotten where nobody contends.
    private static long Known(Transition transition, Tenant tenant) =>
        transition.Before.Turns is FairTurns before
        && (before.Shares.Values.Any(share => share.Waits)
            || IsActive(transition.Before, tenant))
            ? transition.Before.Service(tenant.Key)
            : 0;

    private static bool Newcomers(FairTurns turns, Tenant tenant) =>
        turns.Shares.GetValueOrDefault(tenant, Share.None).Waits;

    private static bool IsActive(SchedulerState state, Tenant tenant) =>
        state.Unfinished().Any(each => Tenant.Of(each) == tenant);

    private static long Prompt(SchedulerConfig config, Sequence newcomer) =>
        (long)config.PromptTokenWeight
        * (newcomer.Request.Prompt.Length - newcomer.ComputedTokens);

    private static long Charge(Transition transition, Tenant tenant) =>
        transition.Admitted
            .Where(each => each.Preemptions == 0 && Tenant.Of(each) == tenant)
            .Sum(each => Prompt(transition.Config, each))
        + (long)transition.Config.OutputTokenWeight * transition.Decisions
            .OfType<Decision.Emit>()
            .Count(emit => Tenant.Of(transition.Before.Unfinished()
                .First(each => each.Request.Id == emit.Id)) == tenant);
}
