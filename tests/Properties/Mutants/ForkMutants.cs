using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about samples that share blocks.</summary>
internal static class ForkMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("a fork does not count the references of its samples",
            Spoil.Leaves(step => step.Forked.Any()
                ? step.After with
                {
                    Blocks = step.After.Blocks.Spoilt((counts, _) =>
                    {
                        foreach (var block in step.Forked.First().Blocks.Blocks)
                            counts[block.Value] = 1;
                    }),
                }
                : step.After),
            nameof(BlockLaws.The_reference_count_of_a_block_is_the_number_of_tables_that_hold_it),
            nameof(ForkLaws
                .A_row_copies_the_block_it_writes_to_exactly_when_another_keeps_it)),
        new("a copy is left out of the plan",
            Spoil.Plans(plan => plan with { Copies = plan.Copies.Skip(1).ToImmutableArray() }),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence),
            nameof(ForkLaws
                .A_row_copies_the_block_it_writes_to_exactly_when_another_keeps_it)),
        new("copies run the wrong way",
            Spoil.Plans(plan => plan with
            {
                Copies = [.. plan.Copies.Select(copy => new BlockCopy(copy.To, copy.From))],
            }),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence),
            nameof(ForkLaws.No_block_is_copied_to_twice_or_both_read_and_written)),
        new("the second sample draws in the first one's place",
            Spoil.Plans(plan => plan with
            {
                Draws = [.. plan.Draws.Select(draw => draw with { First = 0 })],
            }),
            nameof(PlanLaws.A_row_draws_exactly_when_it_reaches_the_end_of_its_tokens),
            nameof(FinishLaws.A_request_that_ends_early_has_the_beginning_of_its_answer)),
        new("the samples of a request are in tables of other blocks",
            Spoil.Leaves(step => step.Forked.Any()
                ? WithTable(step.After, step.Forked.First().Id, BlockTable.Empty)
                : step.After),
            nameof(ForkLaws.A_fork_takes_no_block_its_samples_hold_the_same_table)),
        new("the last sample is forgotten",
            Spoil.Says(step => step.Decisions.Where(decision => decision is not Decision.Emit emit
                || emit.Sample == 0
                || step.Before.Running.All(each => each.Request.Id != emit.Id || each.Width == 1)
                || emit.Sample + 1 < Request(step, emit.Id).Width)),
            nameof(ForkLaws
                .All_samples_of_a_request_begin_with_one_computation_of_its_prompt)),
        new("the answer is the samples with the least likely tokens",
            Spoil.Says(step => step.Decisions.Select(decision =>
                decision is Decision.Choose choice
                    ? choice with { Samples = Others(step, choice) }
                    : decision)),
            nameof(ForkLaws
                .The_answer_is_the_samples_with_the_most_likely_tokens_the_best_first),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("every request that ends is ranked",
            Spoil.Says(step => step.Decisions.Concat(step.Decisions.OfType<Decision.Finish>()
                .Select(end => new Decision.Choose(end.Id, [0])))),
            nameof(ForkLaws.Nothing_is_chosen_where_the_caller_gets_all_samples)),
        new("two requests write to one unfilled block",
            Spoil.Leaves(OneBlock),
            nameof(ForkLaws.An_unfilled_block_is_held_by_the_samples_of_one_request_only)),
        new("one sample of a request gives way where all should",
            OneStays,
            nameof(PreemptionLaws
                .All_samples_of_a_request_give_way_together_unless_it_runs_alone)),
    ];

    private static Request Request(Transition step, RequestId id) =>
        step.Before.Running.First(each => each.Request.Id == id).Request;

    private static ImmutableArray<int> Others(Transition step, Decision.Choose choice) =>
    [
        .. Enumerable.Range(0, Request(step, choice.Id).Width)
            .Except(choice.Samples)
            .Concat(choice.Samples)
            .Take(choice.Samples.Length),
    ];

    private static SchedulerState WithTable(
        SchedulerState state, SequenceId id, BlockTable table) =>
        state with
        {
            Running =
            [
                .. state.Running.Select(each => each.Id == id
                    ? each with { Blocks = table }
                    : each),
            ],
        };

    private static SchedulerState OneBlock(Transition step)
    {
        var unfilled = step.After.Running
            .Where(each => step.Unfilled(each) is not null)
            .DistinctBy(each => each.Request.Id)
            .ToList();
        return unfilled is [var first, .., var last]
            ? WithTable(step.After, last.Id, BlockTable.Empty.Append(
                [.. Enumerable.Repeat(step.Unfilled(first)!.Value, last.Blocks.Count)]))
            : step.After;
    }

    // Puts the last victim of several samples back among those running, blocks and all.
    private static (SchedulerState, Seq<Decision>) OneStays(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        (SchedulerState State, Seq<Decision> Decisions) real =
            Scheduler.Step(config, state, evt);
        var step = new Transition(0, config, state, evt, real.Decisions, real.State);
        var group = step.Preempted.GroupBy(each => each.Request.Id)
            .FirstOrDefault(victims => victims.Count() > 1);
        return group is null || step.After.Running.Any(each => each.Request.Id == group.Key)
            ? real
            : (real.State with
            {
                Running = real.State.Running.Add(group.Last()),
                Waiting = real.State.Waiting.Remove(group.Last().Id),
            }, real.Decisions);
    }
}
