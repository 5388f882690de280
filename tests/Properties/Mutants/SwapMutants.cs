using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about blocks in the host's memory.</summary>
internal static class SwapMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("a shared block is lost on its way to the host",
            Spoil.Plans((step, plan) => (step.After, WithoutShared(step, plan))),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence),
            nameof(SwapLaws.A_block_moves_once_however_many_hold_it)),
        new("a block moves twice",
            Spoil.Plans(plan => plan.SwapOuts is [var first, ..]
                ? plan with { SwapOuts = plan.SwapOuts.Add(first) }
                : plan),
            nameof(SwapLaws.A_block_moves_once_however_many_hold_it)),
        new("what comes back is another's",
            Spoil.Plans(plan => plan with
            {
                SwapIns =
                [
                    .. plan.SwapIns.Select(swap => swap with { Host = plan.SwapIns[^1].Host }),
                ],
            }),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence)),
        new("the host blocks of those that come back leak",
            Spoil.Leaves(step => step.Returned.IsEmpty
                ? step.After
                : step.After with { HostBlocks = step.Before.HostBlocks }),
            nameof(SwapLaws.Free_and_held_host_blocks_are_together_all_host_blocks),
            nameof(ProgressLaws.Nothing_leaks_when_all_is_finished_every_block_is_free)),
        new("a step swaps out and in",
            Spoil.Plans(plan => plan.SwapOuts is [var first, ..]
                ? plan with { SwapIns = [first] }
                : plan),
            nameof(SwapLaws.A_step_never_swaps_out_and_in)),
        new("the mode is not asked",
            Spoil.Limits(config => config with
            {
                PreemptionMode = config.PreemptionMode == PreemptionMode.Swap
                    ? PreemptionMode.Recompute
                    : PreemptionMode.Swap,
            }),
            nameof(SwapLaws.Blocks_move_exactly_when_the_mode_says_so_and_the_host_has_room),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("one of several victims forgets where its blocks are",
            Spoil.Leaves(step => step.Preempted is [_, .., var last]
                ? With(step.After, last.Id, each => each with
                {
                    HostBlocks = BlockTable.Empty,
                    ComputedTokens = 0,
                })
                : step.After),
            nameof(SwapLaws.Of_a_request_that_gives_way_all_blocks_move_or_none)),
        new("what moved has a block too few",
            Spoil.Leaves(step => step.Preempted is [var first, ..]
                ? With(step.After, first.Id, each => each with
                {
                    HostBlocks = BlockTable.Empty.Append(
                        each.HostBlocks.Blocks[..Math.Max(0, each.HostBlocks.Count - 1)]),
                })
                : step.After),
            nameof(SwapLaws.What_moved_keeps_its_computed_tokens_in_as_many_blocks)),
        new("who comes back has lost a token on the way",
            Spoil.Leaves(step => step.Preempted is [var first, ..]
                ? With(step.After, first.Id, each => each.IsSwapped && each.ComputedTokens > 1
                    ? each with { ComputedTokens = each.ComputedTokens - 1 }
                    : each)
                : step.After),
            nameof(PreemptionLaws
                .A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0)),
        new("who comes back starts again at 0",
            Spoil.Plans(plan => plan.SwapIns.IsEmpty
                ? plan
                : plan with { FirstPositions = [.. plan.FirstPositions.Select(_ => 0)] }),
            nameof(SwapLaws
                .Who_comes_back_goes_on_where_it_was_with_a_row_in_the_same_step)),
        new("who comes back is not asked whether it fits",
            (config, state, evt) => Scheduler.Step(
                evt is Event.StepWanted && state.Waiting.Values.FirstOrDefault()?.IsSwapped == true
                    ? config with { Watermark = 0 }
                    : config,
                state,
                evt),
            nameof(SwapLaws
                .Who_comes_back_fits_whole_beside_all_that_run_and_the_watermark)),
        new("only the first sample comes back",
            Spoil.Leaves(OneBack),
            nameof(SwapLaws
                .All_swapped_samples_of_a_request_come_back_together_unless_nobody_else_runs)),
        new("what a failed step was to move is thought to be on the host",
            Spoil.Leaves(step => step.Outcome() == StepOutcome.Failed
                ? step.After with
                {
                    Waiting = step.Before.Waiting.RemoveRange(
                        step.Before.Waiting.Keys.Except(step.After.Waiting.Keys)),
                    HostBlocks = step.Before.HostBlocks,
                }
                : step.After),
            nameof(SwapLaws.What_a_failed_step_was_to_move_is_computed_again)),
    ];

    // Of the blocks that several tables hold, the first stays where it was.
    private static StepPlan WithoutShared(Transition step, StepPlan plan) =>
        plan with
        {
            SwapOuts = plan.SwapOuts.RemoveRange(plan.SwapOuts
                .Where(swap => step.Before.Blocks.ReferenceCount(swap.Device) > 1)
                .Take(1)),
        };

    private static SchedulerState With(
        SchedulerState state, SequenceId id, Func<Sequence, Sequence> other) =>
        state with { Waiting = state.Waiting.SetItem(id, other(state.Waiting[id])) };

    private static SchedulerState OneBack(Transition step)
    {
        var group = step.Returned.GroupBy(each => each.Request.Id)
            .FirstOrDefault(samples => samples.Count() > 1);
        return group is null
            ? step.After
            : step.After with
            {
                Running = step.After.Running.Remove(group.Last()),
                Waiting = step.After.Waiting.Add(
                    group.Last().Id, step.Before.Waiting[group.Last().Id]),
            };
    }
}
