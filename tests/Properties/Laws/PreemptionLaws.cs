using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Who gives way when blocks lack. Source: SOSP '23, section 4.5.</summary>
public static class PreemptionLaws
{
    [Law]
    public static void The_victims_are_the_last_in_order(Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.Equal(
            Order.Of(transition.Config, transition.Before.Running)
                .Reverse<Sequence>()
                .Take(transition.Preempted.Length),
            transition.Preempted));

    [Law]
    public static void All_samples_of_a_request_give_way_together_unless_it_runs_alone(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(
            transition.Preempted.DistinctBy(victim => victim.Request.Id),
            victim => Assert.True(
                transition.After.Running.All(each => each.Request.Id != victim.Request.Id)
                || transition.After.Running.All(each => each.Request.Id == victim.Request.Id))));

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

    // Had the last victim stayed, with the tokens that the budget would have left it, those that
    // run now and it would need more blocks than there are.
    [Law]
    public static void Nobody_gives_way_without_need(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            if (transition.Preempted is not [.., var victim])
                return;
            var (config, held) = (transition.Config, new HashSet<BlockId>());
            var left = config.MaxBatchedTokens - plan.TokensTotal;
            var rows = transition.After.Running
                .Select(after => (
                    Sequence: transition.Before.Running.Single(each => each.Id == after.Id),
                    Tokens: transition.After.TokensInFlight(after.Id)))
                .ToList();
            var last = LastToGo(transition, victim).ToList();
            var isHeldBack = victim.Searches() && last.Count > left;
            foreach (var sample in last)
            {
                var tokens = isHeldBack ? 0 : Math.Min(
                    Math.Min(sample.PendingTokens, left),
                    config.LongPrefillThreshold > 0 ? config.LongPrefillThreshold : int.MaxValue);
                rows.Add((sample, tokens));
                left -= tokens;
            }

            var needed = Enumerable.Reverse(rows)
                .Sum(row => Hold(transition, held, row.Sequence, row.Tokens));
            Assert.True(
                needed + held.Count > config.BlocksTotal, $"{victim.Id} could have stayed");
        });

    // A search whose blocks are not kept begins again with its prompt, in the place of its first
    // beam.
    [Law]
    public static void A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Preempted, victim =>
        {
            var waits = transition.Waits(victim);
            Assert.Equal(
                transition.BeginsAgain(victim)
                    ? victim.Request.Prompt
                    : [.. victim.Tokens.Span],
                waits.Tokens.Span.ToArray());
            Assert.Equal(victim.IsBeam() && !waits.IsSwapped, transition.BeginsAgain(victim));
            Assert.Same(victim.Request, waits.Request);
            Assert.Equal(waits.IsSwapped ? victim.ComputedTokens : 0, waits.ComputedTokens);
            Assert.Equal(victim.Preemptions + 1, waits.Preemptions);
            Assert.DoesNotContain(transition.Before.Waiting.Values, other =>
                other.Id.Value < victim.Id.Value
                && Order.AreAlike(transition.Config, other, victim));
        }));

    [Law]
    public static void Only_those_named_in_the_plan_lose_their_blocks(Transitions transitions) =>
        transitions.Each(transition => Assert.Equal(
            transition.Preempted.Select(victim => victim.Request.Id).Distinct(),
            transition.Planned?.Preempted.Distinct() ?? []));

    // All samples of the last victim's request; the last one alone, where the others stayed.
    private static IEnumerable<Sequence> LastToGo(Transition transition, Sequence victim) =>
        transition.After.Running.Any(each => each.Request.Id == victim.Request.Id)
            ? [victim]
            : transition.Preempted.Reverse().TakeWhile(each =>
                each.Request.Id == victim.Request.Id);

    // Adds what a sequence holds; the blocks that more tokens would need beside these. Of those
    // that hold an unfilled block the last keeps it, and each before it that writes needs a copy.
    private static int Hold(
        Transition transition, HashSet<BlockId> held, Sequence sequence, int tokens)
    {
        var copies = tokens > 0 && transition.Unfilled(sequence) is { } block
            && held.Contains(block);
        var grows = BlockTable.BlocksFor(
            sequence.ComputedTokens + tokens, transition.Config.BlockSize) - sequence.Blocks.Count;
        held.UnionWith(sequence.Blocks.Blocks.ToArray());
        return (copies ? 1 : 0) + Math.Max(grows, 0);
    }
}
