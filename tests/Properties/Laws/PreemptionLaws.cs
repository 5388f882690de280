using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Who gives way when blocks lack. Source: SOSP '23, section 4.5.</summary>
public static class PreemptionLaws
{
    [Law]
    public static void The_victims_are_the_latest_arrivals(Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.Equal(
            transition.Before.Running.Reverse().Take(transition.Preempted.Length),
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
    public static void Nobody_gives_way_to_somebody_who_came_later(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
            Assert.All(transition.Preempted, victim => Assert.All(plan.Sequences, row =>
                Assert.True(row.Value < victim.Id.Value))));

    [Law]
    public static void The_first_in_line_never_gives_way(Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.DoesNotContain(
            transition.Before.Unfinished().First().Id,
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
            var rowsHold = plan.BlockTables.SelectMany(table => table.Blocks.ToArray()).Distinct();
            var kept = transition.Before.Running
                .Where(each => plan.Sequences.Contains(each.Id))
                .SelectMany(each => each.Blocks.Blocks.ToArray())
                .ToHashSet();
            var held = kept.ToHashSet();
            var needed = rowsHold.Count() - held.Count;
            var left = config.MaxBatchedTokens - plan.TokensTotal;
            var rows = new List<(Sequence, int)>();
            foreach (var sample in LastToGo(transition, victim))
            {
                var tokens = Math.Min(
                    Math.Min(sample.PendingTokens, left),
                    config.LongPrefillThreshold > 0 ? config.LongPrefillThreshold : int.MaxValue);
                rows.Add((sample, tokens));
                left -= tokens;
            }

            foreach (var (sample, tokens) in Enumerable.Reverse(rows))
                needed += Hold(transition, kept, held, sample, tokens);

            Assert.True(
                needed + held.Count > config.BlocksTotal, $"{victim.Id} could have stayed");
        });

    [Law]
    public static void A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Preempted, victim =>
        {
            var waits = transition.After.Waiting[victim.Id];
            Assert.Equal(victim.Tokens, waits.Tokens);
            Assert.Same(victim.Request, waits.Request);
            Assert.Equal(waits.IsSwapped ? victim.ComputedTokens : 0, waits.ComputedTokens);
            Assert.Equal(victim.Preemptions + 1, waits.Preemptions);
            Assert.All(transition.Before.Waiting.Keys, other =>
                Assert.True(victim.Id.Value < other.Value));
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
    // that hold an unfilled block all but one would need a copy, if any of them writes.
    private static int Hold(
        Transition transition,
        HashSet<BlockId> kept,
        HashSet<BlockId> held,
        Sequence sequence,
        int tokens)
    {
        var copies = transition.Unfilled(sequence) is { } block
            && (kept.Contains(block) || (tokens > 0 && held.Contains(block)));
        var grows = BlockTable.BlocksFor(
            sequence.ComputedTokens + tokens, transition.Config.BlockSize) - sequence.Blocks.Count;
        held.UnionWith(sequence.Blocks.Blocks.ToArray());
        return (copies ? 1 : 0) + Math.Max(grows, 0);
    }
}
