using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Blocks that wait in the host's memory. Source: SOSP '23, section 4.5.</summary>
public static class SwapLaws
{
    [Law]
    public static void Free_and_held_host_blocks_are_together_all_host_blocks(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var pool = transition.After.HostBlocks;
            var queue = pool.FreeQueue().Take(pool.TotalCount + 1).ToList();
            var held = transition.After.Waiting.Values
                .SelectMany(each => each.HostBlocks.Blocks.ToArray())
                .CountBy(block => block)
                .ToDictionary();
            Assert.Equal(transition.Config.HostBlocksTotal, queue.Count + held.Count);
            Assert.Equal(queue.Distinct(), queue);
            Assert.Empty(queue.Intersect(held.Keys));
            Assert.All(held, block => Assert.Equal(block.Value, pool.ReferenceCount(block.Key)));
        });

    [Law]
    public static void A_step_never_swaps_out_and_in(Transitions transitions) =>
        transitions.EachPlanned((_, plan) =>
            Assert.True(plan.SwapOuts.IsEmpty || plan.SwapIns.IsEmpty));

    [Law]
    public static void Of_a_request_that_gives_way_all_blocks_move_or_none(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(
            transition.Preempted.GroupBy(victim => victim.Request.Id)
                .Where(victims => transition.After.Running.All(
                    each => each.Request.Id != victims.Key)),
            victims => Assert.Single(victims
                .Select(victim => transition.Waits(victim).IsSwapped)
                .Distinct())));

    [Law]
    public static void A_block_moves_once_however_many_hold_it(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var moved = transition.Preempted
                .Where(victim => transition.Waits(victim).IsSwapped)
                .SelectMany(victim => victim.Blocks.Blocks.ToArray())
                .Distinct();
            Assert.Equal(
                moved.OrderBy(block => block.Value),
                plan.SwapOuts.Select(swap => swap.Device).OrderBy(block => block.Value));
            Assert.Equal(
                plan.SwapOuts.Length, plan.SwapOuts.Select(swap => swap.Host).Distinct().Count());
        });

    [Law]
    public static void What_moved_keeps_its_computed_tokens_in_as_many_blocks(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) =>
        {
            foreach (var victim in transition.Preempted)
            {
                var waits = transition.Waits(victim);
                Assert.Equal(waits.IsSwapped ? victim.Blocks.Count : 0, waits.HostBlocks.Count);
            }
        });

    [Law]
    public static void Blocks_move_exactly_when_the_mode_says_so_and_the_host_has_room(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            // The first victims decide; what room is left for others depends on them.
            if (transition.Preempted is not [var latest, ..])
                return;
            var alone = transition.Before.Running.All(each => each.Request.Id == latest.Request.Id);
            var victims = transition.Before.Running
                .Where(each => alone ? each.Id == latest.Id : each.Request.Id == latest.Request.Id)
                .ToList();
            var blocks = victims.SelectMany(each => each.Blocks.Blocks.ToArray())
                .Distinct()
                .Count();
            var costs = 2 * blocks * transition.Config.SwapCostPerBlock;
            var saves = victims.Sum(victim => victim.ComputedTokens);
            Assert.Equal(
                blocks <= transition.Before.HostBlocks.FreeCount
                    && (transition.Config.PreemptionMode == PreemptionMode.Swap
                        || (transition.Config.PreemptionMode == PreemptionMode.Auto
                            && costs < saves)),
                transition.Waits(latest).IsSwapped);
        });

    [Law]
    public static void Who_comes_back_goes_on_where_it_was_with_a_row_in_the_same_step(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.All(
            transition.Returned,
            sequence =>
            {
                var row = plan.Sequences.IndexOf(sequence.Id);
                Assert.InRange(row, 0, plan.Rows);
                Assert.Equal(
                    transition.Before.Waiting[sequence.Id].ComputedTokens,
                    plan.FirstPositions[row]);
            }));

    [Law]
    public static void Who_comes_back_fits_whole_beside_all_that_run_and_the_watermark(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) =>
        {
            foreach (var samples in transition.Returned.GroupBy(each => each.Request.Id))
            {
                var others = transition.After.Running
                    .TakeWhile(each => each.Id != samples.First().Id)
                    .ToList();
                var watermark = others.Count == 0
                    ? 0
                    : (int)(transition.Config.Watermark * transition.Config.BlocksTotal);
                Assert.True(
                    (others.Count == 0 && samples.Count() == 1)
                    || transition.WholeBlocks([.. others, .. samples]) + watermark
                        <= transition.Config.BlocksTotal,
                    $"{samples.Key} does not fit");
            }
        });

    [Law]
    public static void All_swapped_samples_of_a_request_come_back_together_unless_nobody_else_runs(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(
            transition.Returned,
            sequence => Assert.True(
                transition.After.Waiting.Values.All(each =>
                    each.Request.Id != sequence.Request.Id || !each.IsSwapped)
                || transition.After.Running.All(each =>
                    each.Request.Id == sequence.Request.Id))));

    [Law]
    public static void What_a_failed_step_was_to_move_is_computed_again(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Failed)
                return;
            var lost = transition.Before.InFlight!.SwapOuts
                .Select(swap => swap.Host.Value)
                .ToHashSet();
            Assert.All(transition.After.Waiting.Values, sequence => Assert.DoesNotContain(
                sequence.HostBlocks.Blocks.ToArray(), block => lost.Contains(block.Value)));
        });
}
