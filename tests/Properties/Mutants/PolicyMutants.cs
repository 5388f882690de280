using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about priorities and about sharing fairly.</summary>
internal static class PolicyMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("within a priority the latest starts first",
            SpoiltTurns.Of((waiting, turns) => turns is PriorityTurns
                ? waiting.Values
                    .Where(each => each.Request.Priority
                        == waiting[turns.Next(waiting)].Request.Priority)
                    .Last().Id
                : turns.Next(waiting)),
            nameof(PolicyLaws.Of_equals_the_earlier_starts)),
        new("the highest number starts first",
            SpoiltTurns.Of((waiting, turns) => turns is PriorityTurns priority
                ? priority.Places.Max.Id
                : turns.Next(waiting)),
            nameof(PolicyLaws.Under_priority_nobody_starts_while_a_lower_number_waits),
            nameof(OrderLaws.Who_gave_way_comes_back_before_all_that_stand_behind_it),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("the victim is the latest arrival, whatever its priority",
            Plans(config => config.Policy == SchedulingPolicy.Priority
                ? config with { Policy = SchedulingPolicy.FairShare }
                : config),
            nameof(PreemptionLaws.The_victims_are_the_last_in_order),
            nameof(PreemptionLaws.Nobody_gives_way_to_somebody_who_stands_behind_it)),
        new("those running are never put in order",
            Plans(config => config with { Policy = SchedulingPolicy.FirstComeFirstServed }),
            nameof(OrderLaws
                .Rows_stand_in_order_and_newcomers_behind_in_the_order_of_their_turns)),
        new("newcomers start before those that gave way",
            SpoiltTurns.Of((waiting, turns) => turns is FairTurns fair
                && fair.Shares.Values.Any(share => share.Waits)
                ? (fair with { Returning = fair.Returning.Clear() }).Next(waiting)
                : turns.Next(waiting)),
            nameof(PolicyLaws.Under_fair_share_nobody_new_starts_while_one_that_gave_way_waits)),
        new("tenants are served first come, first served",
            SpoiltTurns.Of((waiting, turns) => turns is FairTurns { Returning.IsEmpty: true }
                ? waiting.First().Key
                : turns.Next(waiting)),
            nameof(PolicyLaws.The_tenant_that_was_served_least_starts_next),
            nameof(FairnessLaws.Two_tenants_that_both_wait_are_served_alike_up_to_the_bound)),
        new("the tenant that was served most starts first",
            SpoiltTurns.Of((waiting, turns) => turns is FairTurns { Returning.IsEmpty: true } fair
                ? fair.Shares.Values.Where(share => share.Waits)
                    .MaxBy(share => share.Service)!.Newcomers.Min
                : turns.Next(waiting)),
            nameof(FairnessLaws.No_tenant_starves_another)),
        new("who comes back is not lifted",
            Spoil.Leaves(step => step.Event is Event.Submitted(var request)
                && step.After.Turns is FairTurns turns
                ? step.After with
                {
                    Turns = With(turns, request.Tenant, step.Before.Service(request.Tenant)),
                }
                : step.After),
            nameof(PolicyLaws.Who_begins_to_wait_has_no_claim_to_what_was_served_before),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("tokens of output are free",
            Spoil.Leaves(step => step.Event is Event.StepCompleted
                ? step.After with { Turns = step.Before.Turns }
                : step.After),
            nameof(PolicyLaws
                .A_tenant_is_charged_for_each_prompt_that_starts_and_each_token_it_gets)),
        new("a tenant is forgotten with its debt",
            Spoil.Leaves(step => step.Event is Event.StepWanted
                && step.After.Turns is FairTurns turns
                ? step.After with { Turns = Forgetful(turns) }
                : step.After),
            nameof(PolicyLaws.A_tenant_is_remembered_while_its_counter_can_matter)),
        new("a priority is overlooked where nobody asked for it",
            Spoil.Hears((_, evt) => evt is Event.Submitted({ Priority: -1 or 1 } request)
                ? new Event.Submitted(request with { Priority = 0 })
                : evt),
            nameof(RejectionLaws.A_request_is_rejected_exactly_when_something_stands_against_it)),
    ];

    // It plans under another policy than it submits under.
    private static StepFunction Plans(Func<SchedulerConfig, SchedulerConfig> other) =>
        (config, state, evt) => Scheduler.Step(
            evt is Event.StepWanted ? other(config) : config, state, evt);

    // Of those that have nothing waiting.
    private static FairTurns Forgetful(FairTurns turns) =>
        turns with
        {
            Shares = turns.Shares.RemoveRange(turns.Shares
                .Where(each => !each.Value.Waits)
                .Select(each => each.Key)),
        };

    private static FairTurns With(FairTurns turns, string? tenant, long service)
    {
        var key = new Tenant(tenant);
        return turns.Shares.TryGetValue(key, out var share)
            ? turns with { Shares = turns.Shares.SetItem(key, share with { Service = service }) }
            : turns;
    }
}
