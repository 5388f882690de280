using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about what callers are told, and about what a step's answer does.</summary>
internal static class AnswerMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("an end by length is told to nobody",
            Spoil.Says(step => step.Decisions.Where(decision =>
                decision is not Decision.Finish { Reason: FinishReason.Length })),
            nameof(FinishLaws.Every_sample_of_an_accepted_request_finishes_exactly_once)),
        new("an end is told twice",
            Spoil.Says(step => step.Decisions.SelectMany(decision =>
                Enumerable.Repeat(decision, decision is Decision.Finish ? 2 : 1))),
            nameof(FinishLaws
                .Nothing_is_said_of_a_request_before_it_is_accepted_or_after_it_ended)),
        new("an end by length is told as a stop",
            Spoil.Reasons((_, reason) =>
                reason == FinishReason.Length ? FinishReason.Stop : reason),
            nameof(FinishLaws
                .A_request_ends_by_stop_at_an_end_token_or_because_its_caller_said_so)),
        new("an end by length is told as an error",
            Spoil.Reasons((_, reason) =>
                reason == FinishReason.Length ? FinishReason.Error : reason),
            nameof(FinishLaws.A_request_ends_by_error_only_when_its_step_failed)),
        new("an error is told as an abort",
            Spoil.Reasons((_, reason) =>
                reason == FinishReason.Error ? FinishReason.Abort : reason),
            nameof(FinishLaws.A_request_ends_by_abort_only_when_cancelled)),
        new("every cancellation is told as an abort",
            Spoil.Reasons((evt, reason) => evt is Event.Cancelled ? FinishReason.Abort : reason),
            nameof(CancellationLaws
                .Cancelling_ends_the_request_or_its_sample_at_once_with_the_reason_given)),
        new("an end is told before the token that brought it",
            Spoil.Says(step => step.Decisions.Rev()),
            nameof(StepResultLaws.A_token_is_told_before_the_end_that_it_brings)),
        new("the tokens of cancelled rows go to the next row",
            Hears((state, plan, samples) => Shifted(state, plan, samples)),
            nameof(StepResultLaws
                .A_completed_step_gives_each_drawing_row_its_token_in_the_running_order),
            nameof(FinishLaws.A_request_that_ends_early_has_the_beginning_of_its_answer)),
        new("a token depends on where the first row of its batch stands",
            Hears((_, plan, samples) => samples.Select(sample => sample with
            {
                Token = new TokenId((sample.Token.Value + plan.FirstPositions[0]) % 16),
            })),
            nameof(ScheduleLaws
                .The_answer_does_not_depend_on_budget_threshold_block_size_or_pool),
            nameof(ScheduleLaws.The_answer_does_not_depend_on_the_neighbours)),
        new("cancelling takes the next one along",
            (config, state, evt) => Along(
                config, state, Scheduler.Step(config, state, evt), evt is Event.Cancelled),
            nameof(CancellationLaws
                .Cancelling_leaves_everybody_else_and_the_step_in_flight_alone)),
        new("cancelling the unknown is confirmed",
            Spoil.Says(step => step is
                { Event: Event.Cancelled(var id, var reason), Decisions.IsEmpty: true }
                ? new Decision[] { new Decision.Finish(id, reason, default) }
                : step.Decisions),
            nameof(CancellationLaws
                .Cancelling_what_is_unknown_finished_or_not_begun_changes_nothing)),
        new("a failed step spares its first sequence",
            (config, state, evt) => Scheduler.Step(
                config,
                evt is Event.StepFailed && state.InFlight is { } plan
                    ? state with { InFlight = plan with { Sequences = plan.Sequences[1..] } }
                    : state,
                evt),
            nameof(StepResultLaws.A_failed_step_ends_exactly_its_living_sequences_with_an_error)),
        new("a failed step stays in flight",
            Spoil.Leaves(step => step.Event is Event.StepFailed
                ? step.After with { InFlight = step.Before.InFlight }
                : step.After),
            nameof(StepResultLaws.An_answered_step_is_no_longer_in_flight)),
        new("a stale answer is taken for the step in flight",
            Spoil.Hears((state, evt) => evt is Event.StepCompleted(var result)
                && state.InFlight is { } plan
                ? new Event.StepCompleted(result with { Step = plan.Id })
                : evt),
            nameof(StepResultLaws.An_answer_for_a_step_that_is_not_in_flight_changes_nothing)),
        new("a step moves its sequences on by one token too few",
            Spoil.Leaves(step => step.Event is Event.StepCompleted
                ? step.After with
                {
                    Running = [.. step.After.Running.Select(each => each with
                    {
                        ComputedTokens = Math.Max(0, each.ComputedTokens - 1),
                    })],
                }
                : step.After),
            nameof(StepResultLaws
                .A_completed_step_moves_its_sequences_on_by_the_tokens_of_their_rows),
            nameof(PlanLaws
                .Positions_follow_one_another_or_start_behind_the_blocks_that_are_shared)),
        new("a rejected request takes a number",
            Spoil.Leaves(step => step.Decisions.OfType<Decision.Reject>().Any()
                ? step.After with { NextSequence = new(step.After.NextSequence.Value + 1) }
                : step.After),
            nameof(RejectionLaws.A_rejected_request_changes_nothing)),
    ];

    // Other tokens than the executor drew; as many.
    private static StepFunction Hears(
        Func<SchedulerState, StepPlan, ImmutableArray<SampledToken>, IEnumerable<SampledToken>>
            other) =>
        Spoil.Hears((state, evt) =>
            evt is Event.StepCompleted({ Samples.IsDefault: false } result)
            && state.InFlight is { } plan
            && plan.SamplesTotal == result.Samples.Length
                ? new Event.StepCompleted(result with
                {
                    Samples = [.. other(state, plan, result.Samples)],
                })
                : evt);

    // The samples of living rows first, as if the cancelled had no row.
    private static ImmutableArray<SampledToken> Shifted(
        SchedulerState state, StepPlan plan, ImmutableArray<SampledToken> samples)
    {
        var living = Enumerable.Range(0, plan.Rows)
            .Where(plan.Samples)
            .Select(row => state.Running.Any(each => each.Id == plan.Sequences[row]))
            .ToList();
        var first = living.TakeWhile(lives => !lives).Count();
        return [.. samples[first..], .. samples[..first]];
    }

    private static (SchedulerState, LanguageExt.Seq<Decision>) Along(
        SchedulerConfig config,
        SchedulerState before,
        (SchedulerState State, LanguageExt.Seq<Decision> Decisions) step,
        bool cancelled)
    {
        if (!cancelled || ReferenceEquals(before, step.State) || !step.State.Unfinished().Any())
            return step;
        var next = step.State.Unfinished().First().Request.Id;
        var evt = new Event.Cancelled(next, FinishReason.Abort);
        return (Scheduler.Step(config, step.State, evt).State, step.Decisions);
    }
}
