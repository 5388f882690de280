using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Who holds which block. Source: SOSP '23, sections 4.2 and 4.3.</summary>
public static class BlockLaws
{
    [Law]
    public static void Free_and_held_blocks_are_together_all_blocks(Transitions transitions) =>
        transitions.Each(transition =>
        {
            var pool = transition.After.Blocks;
            var held = All(pool).Count(block => pool.ReferenceCount(block) > 0);
            Assert.Equal(transition.Config.BlocksTotal, pool.TotalCount);
            Assert.Equal(pool.TotalCount, Queue(pool).Count + held);
            Assert.Equal(pool.FreeCount, Queue(pool).Count);
        });

    [Law]
    public static void A_free_block_is_in_no_table_and_stands_once_in_the_queue(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var queue = Queue(transition.After.Blocks);
            Assert.Equal(queue.Distinct(), queue);
            Assert.Empty(queue.Intersect(Held(transition.After)));
        });

    [Law]
    public static void The_reference_count_of_a_block_is_the_number_of_tables_that_hold_it(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var held = Held(transition.After).CountBy(block => block).ToDictionary();
            Assert.All(All(transition.After.Blocks), block => Assert.Equal(
                held.GetValueOrDefault(block), transition.After.Blocks.ReferenceCount(block)));
        });

    [Law]
    public static void Nobody_writes_to_a_block_that_two_tables_hold(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            for (var row = 0; row < plan.Rows; row++)
            {
                var written = plan.BlockTables[row].Blocks[
                    (plan.FirstPositions[row] / plan.BlockSize)..].ToArray();
                Assert.All(written, block =>
                    Assert.Equal(1, transition.After.Blocks.ReferenceCount(block)));
            }
        });

    [Law]
    public static void A_table_has_exactly_the_blocks_that_its_tokens_need(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(transition.After.Running, sequence =>
        {
            var tokens = sequence.ComputedTokens + transition.After.TokensPlanned(sequence.Id);
            var blocks = Math.Ceiling((double)tokens / transition.Config.BlockSize);
            Assert.Equal(blocks, sequence.Blocks.Count);
        }));

    [Law]
    public static void Who_waits_holds_nothing(Transitions transitions) =>
        transitions.Each(transition => Assert.All(transition.After.Waiting.Values, sequence =>
        {
            Assert.Equal(0, sequence.Blocks.Count);
            Assert.True(sequence.IsSwapped || sequence.ComputedTokens == 0);
        }));

    [Law]
    public static void A_table_only_grows_at_its_end_where_its_last_block_may_be_a_copy(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(Pairs(transition), pair =>
        {
            var before = pair.Before.Blocks.Blocks.ToArray();
            var after = pair.After.Blocks.Blocks[..before.Length].ToArray();
            if (before.Length == 0)
                return;
            Assert.Equal(before[..^1], after[..^1]);
            Assert.True(
                before[^1] == after[^1]
                    || transition.Planned!.Copies.Contains(new(before[^1], after[^1])),
                $"{after[^1]} is no copy of {before[^1]}");
        }));

    private static IEnumerable<BlockId> All(BlockPool pool) =>
        Enumerable.Range(0, pool.TotalCount).Select(id => new BlockId(id));

    // A corrupted queue may run in circles.
    private static List<BlockId> Queue(BlockPool pool) =>
        [.. pool.FreeQueue().Take(pool.TotalCount + 1)];

    private static IEnumerable<BlockId> Held(SchedulerState state) =>
        state.Unfinished().SelectMany(sequence => sequence.Blocks.Blocks.ToArray());

    private static IEnumerable<(Sequence Before, Sequence After)> Pairs(Transition transition) =>
        from after in transition.After.Running
        let before = transition.Origin(after)
        where before is not null
        select (before, after);
}
