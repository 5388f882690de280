using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about who holds which block.</summary>
internal static class BlockMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the blocks of a cancelled request leak",
            Spoil.Leaves(step => step.Event is Event.Cancelled
                ? step.After with { Blocks = step.Before.Blocks }
                : step.After),
            nameof(BlockLaws.The_reference_count_of_a_block_is_the_number_of_tables_that_hold_it),
            nameof(CancellationLaws.Cancelling_frees_exactly_the_blocks_that_nobody_else_holds),
            nameof(ValueLaws.The_invariants_hold_after_every_event)),
        new("the blocks of a finished request leak",
            Spoil.Leaves(step => step.Event is Event.StepCompleted
                ? step.After with { Blocks = step.Before.Blocks }
                : step.After),
            nameof(StepResultLaws
                .Those_that_end_with_a_step_free_exactly_the_blocks_that_only_they_held),
            nameof(ProgressLaws.Nothing_leaks_when_all_is_finished_every_block_is_free)),
        new("a freed block is in no queue and no table",
            Spoil.Leaves(step => Freed(step)
                ? Spoilt(step, (_, queue) => queue.RemoveAt(queue.Count - 1))
                : step.After),
            nameof(BlockLaws.Free_and_held_blocks_are_together_all_blocks)),
        new("a block is freed twice",
            Spoil.Leaves(step => Freed(step)
                ? Spoilt(step, (_, queue) => queue.Insert(0, queue[^1]))
                : step.After),
            nameof(BlockLaws.A_free_block_is_in_no_table_and_stands_once_in_the_queue)),
        new("cancelling frees a neighbour's last block as well",
            Spoil.Leaves(step => step.Event is Event.Cancelled && LastHeld(step) is { } block
                ? Spoilt(step, (counts, queue) =>
                {
                    counts[block.Value] = 0;
                    queue.Insert(0, block.Value);
                })
                : step.After),
            nameof(BlockLaws.Nobody_writes_to_a_block_that_two_tables_hold)),
        new("the block freed last is taken first",
            Spoil.Leaves(step => Freed(step)
                ? Spoilt(step, (_, queue) => queue.Reverse())
                : step.After),
            nameof(PrefixCacheLaws.Free_blocks_are_taken_in_the_order_in_which_they_became_free),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("tables are turned around between steps",
            Spoil.Leaves(step => step.Event is Event.StepCompleted
                ? WithTables(step.After, table =>
                    BlockTable.Empty.Append([.. table.Blocks.ToArray().Reverse()]))
                : step.After),
            nameof(BlockLaws
                .A_table_only_grows_at_its_end_where_its_last_block_may_be_a_copy),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence)),
        new("tables are copied between steps",
            Spoil.Leaves(step => step.Event is Event.StepCompleted
                ? WithTables(step.After, table => BlockTable.Empty.Append(table.Blocks))
                : step.After),
            nameof(PlanLaws
                .A_block_table_that_did_not_change_is_the_same_object_in_the_next_plan)),
        new("a step is planned while another is in flight",
            (config, state, evt) => Scheduler.Step(
                config, evt is Event.StepWanted ? state with { InFlight = null } : state, evt),
            nameof(MemoryLaws.No_block_changes_hands_while_a_step_is_in_flight),
            nameof(StepResultLaws
                .A_step_wanted_while_one_is_in_flight_or_nothing_is_to_do_changes_nothing)),
    ];

    private static bool Freed(Transition step) =>
        step.After.Blocks.FreeCount > step.Before.Blocks.FreeCount;

    private static SchedulerState Spoilt(Transition step, Action<int[], List<int>> spoil) =>
        step.After with { Blocks = step.After.Blocks.Spoilt(spoil) };

    private static BlockId? LastHeld(Transition step) =>
        step.After.Running.LastOrDefault(each => each.Blocks.Count > 0)?.Blocks is { } table
            ? table[table.Count - 1]
            : null;

    private static SchedulerState WithTables(
        SchedulerState state, Func<BlockTable, BlockTable> other) =>
        state with
        {
            Running = [.. state.Running.Select(each => each with { Blocks = other(each.Blocks) })],
        };
}
