using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Who gives way when blocks lack. Source: SOSP '23, section 4.5.</summary>
public static class PreemptionLaws
{
    [Law]
    public static void The_victims_are_the_last_in_order_the_very_last_first(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.Equal(
            Order.Of(transition.Config, transition.Before.Running)
                .Reverse<Sequence>()
                .Take(plan.Preempted.Length)
                .Select(sequence => sequence.Request.Id),
            plan.Preempted));

    [Law]
    public static void Nobody_gives_way_to_somebody_who_stands_behind_it(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) =>
            Assert.All(transition.Preempted, victim =>
                Assert.All(transition.After.Running, running =>
                    Assert.True(Order.IsBefore(transition.Config, running, victim)))));

    [Law]
    public static void The_first_in_line_never_gives_way(Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.DoesNotContain(
            Order.First(transition.Config, transition.Before)!.Id,
            transition.Preempted.Select(victim => victim.Id)));

    [Law]
    public static void Nobody_gives_way_while_all_that_run_fit_whole(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.True(
            plan.Preempted.IsEmpty
            || transition.WholeBlocks(transition.Before.Running)
                > transition.Config.BlocksTotal));

    // Had the last victim stayed, with the tokens that the budget would have left it, the rows
    // of this plan and it would need more blocks than there are.
    [Law]
    public static void Nobody_gives_way_without_need(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            if (transition.Preempted is not [.., var victim])
                return;
            var config = transition.Config;
            var rows = plan.BlockTables.SelectMany(table => table.Blocks.ToArray()).Distinct();
            var shared = transition.Before.Running
                .Where(each => plan.Sequences.Contains(each.Id))
                .SelectMany(each => each.Blocks.Blocks.ToArray())
                .Intersect(victim.Blocks.Blocks.ToArray());
            var tokens = Math.Min(
                Math.Min(victim.PendingTokens, config.MaxBatchedTokens - plan.TokensTotal),
                config.LongPrefillThreshold > 0 ? config.LongPrefillThreshold : int.MaxValue);
            var blocks = BlockTable.BlocksFor(victim.ComputedTokens + tokens, config.BlockSize);
            Assert.True(
                rows.Count() + blocks - shared.Count() > config.BlocksTotal,
                $"{victim.Id} could have stayed");
        });

    [Law]
    public static void A_victim_keeps_its_tokens_and_its_place_and_starts_again_at_0(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Preempted, victim =>
        {
            var waits = transition.After.Waiting[victim.Id];
            Assert.Equal(victim.Tokens, waits.Tokens);
            Assert.Same(victim.Request, waits.Request);
            Assert.Equal(0, waits.ComputedTokens);
            Assert.Equal(victim.Preemptions + 1, waits.Preemptions);
            Assert.DoesNotContain(transition.Before.Waiting.Values, other =>
                other.Id.Value < victim.Id.Value
                && Order.AreAlike(transition.Config, other, victim));
        }));

    [Law]
    public static void Only_those_named_in_the_plan_lose_their_blocks(Transitions transitions) =>
        transitions.Each(transition =>
        {
            var stopped = transition.Before.Running
                .Where(sequence => transition.After.Waiting.ContainsKey(sequence.Id));
            Assert.Equal(
                Order.Of(transition.Config, stopped).Select(sequence => sequence.Id).Reverse(),
                transition.Preempted.Select(sequence => sequence.Id));
        });
}
