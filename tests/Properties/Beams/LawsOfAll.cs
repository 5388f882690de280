using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>
/// Every law of the scheduler holds where beams are searched, but for those that speak of
/// sequences that keep their tokens and tell them as they come.
/// </summary>
public class LawsOfAll
{
    private const int Traces = 150;

    private static readonly Lazy<IReadOnlyList<Trace>> s_traces = new(() =>
    [
        .. Enumerable.Range(0, Traces).Select(index => Driver.Run(BeamWorkloads.Any
            .Resize(1 + index * 100 / Traces)
            .Sample(1, new Rnd(40 + (ulong)index), 1 + index * 100 / Traces)[0])),
    ]);

    // Beams are told at the end, all tokens of one after the other; BeamTraceLaws says what.
    private static readonly string[] s_told =
    [
        nameof(CancellationLaws
            .Cancelling_ends_the_request_or_its_sample_at_once_with_the_reason_given),
        nameof(CancellationLaws.Cancelling_leaves_everybody_else_and_the_step_in_flight_alone),
        nameof(FinishLaws.A_request_left_alone_gets_its_whole_answer_and_the_reason_for_its_end),
        nameof(FinishLaws.A_request_that_ends_early_has_the_beginning_of_its_answer),
        nameof(FinishLaws
            .A_request_ends_by_stop_at_an_end_token_or_because_its_caller_said_so),
        nameof(FinishLaws.A_request_ends_by_length_at_its_own_limit_the_models_or_the_pools),
        nameof(FinishLaws.The_usage_counts_what_the_request_consumed),
        nameof(ForkLaws.All_samples_of_a_request_begin_with_one_computation_of_its_prompt),
        nameof(LookAheadLaws.The_surplus_token_of_a_sequence_that_has_ended_is_told_to_nobody),
        nameof(PlanLaws.A_row_draws_exactly_when_it_reaches_the_end_of_its_tokens),
        nameof(StepResultLaws
            .A_completed_step_gives_each_drawing_row_its_token_in_the_running_order),
        nameof(StepResultLaws.A_token_is_told_before_the_end_that_it_brings),
        nameof(StepResultLaws.A_failed_step_ends_exactly_its_living_sequences_with_an_error),
    ];

    // A beam's place is its rank: another's tokens and blocks take it over, and beams die.
    private static readonly string[] s_keptInPlace =
    [
        nameof(BlockLaws.A_table_only_grows_at_its_end_where_its_last_block_may_be_a_copy),
        nameof(ForkLaws.A_fork_takes_no_block_its_samples_hold_the_same_table),
        nameof(PlanLaws.The_token_log_of_a_sequence_only_grows_at_its_end),
        nameof(PlanLaws.A_block_table_that_did_not_change_is_the_same_object_in_the_next_plan),
        nameof(PrefixCacheLaws.Free_blocks_are_taken_in_the_order_in_which_they_became_free),
        nameof(StepResultLaws.A_completed_step_moves_its_sequences_on_by_the_tokens_of_their_rows),
        nameof(StepResultLaws
            .Those_that_end_with_a_step_free_exactly_the_blocks_that_only_they_held),
    ];

    // Beams draw together or wait, and a search that lost its blocks begins again as one sequence.
    private static readonly string[] s_oneByOne =
    [
        nameof(BudgetLaws.Everyone_who_runs_has_a_row_in_every_step_until_the_budget_is_used_up),
        nameof(LookAheadLaws
            .A_step_is_planned_ahead_exactly_when_all_that_go_on_have_their_blocks),
        nameof(OrderLaws.Those_running_get_their_tokens_before_anyone_is_admitted),
        nameof(PreemptionLaws
            .A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0),
        nameof(PreemptionLaws.Nobody_gives_way_without_need),
        nameof(PreemptionLaws.The_victims_are_the_last_in_order),
    ];

    // The pools of this law know no beams.
    private static readonly string[] s_knowNoBeams =
    [
        nameof(ScheduleLaws.The_answer_does_not_depend_on_budget_threshold_block_size_or_pool),
    ];

    public static TheoryData<string> Names =>
    [
        .. LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>())
            .Select(law => law.Name)
            .Except([.. s_told, .. s_keptInPlace, .. s_oneByOne, .. s_knowNoBeams]),
    ];

    [Theory, MemberData(nameof(Names))]
    public void Holds_of_beams_too(string name)
    {
        var law = LawBook.Over<Trace>().Concat(LawBook.Over<Transitions>())
            .Single(law => law.Name == name);
        Assert.All(s_traces.Value, trace => LawBook.Check(law, trace));
    }
}
