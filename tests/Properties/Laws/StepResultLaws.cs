using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>What a step's answer does: completed, failed, or not expected at all.</summary>
public static class StepResultLaws
{
    // Beams draw candidates; what is told of them at the end of their search is FinishLaws'.
    [Law]
    public static void A_completed_step_gives_each_drawing_row_its_token_in_the_running_order(
        Transitions transitions) =>
        transitions.EachAfter<Event.StepCompleted>((transition, completed) =>
        {
            if (transition.Outcome() != StepOutcome.Completed)
                return;
            var plan = transition.Before.InFlight!;
            var expected = Enumerable.Range(0, plan.Rows)
                .SelectMany(row => Enumerable.Range(plan.Draws[row].First, plan.Draws[row].Count)
                    .Select(sample => (row, sample)))
                .Zip(completed.Result.Samples, (draw, token) => (draw.row, draw.sample, token))
                .OrderBy(drawn => transition.Before.Running
                    .Select(each => each.Id)
                    .ToList()
                    .IndexOf(plan.Sequences[drawn.row]))
                .SelectMany(drawn => Living(transition, plan.Sequences[drawn.row])
                    .Select(each => new Decision.Emit(each.Request.Id, drawn.token)
                    {
                        Sample = drawn.sample,
                    }));
            Assert.Equal(expected, transition.Decisions.OfType<Decision.Emit>()
                .Where(emit => !transition.Before.Unfinished()
                    .Any(each => each.Request.Id == emit.Id && each.Searches())));
        });

    [Law]
    public static void A_completed_step_moves_its_sequences_on_by_the_tokens_of_their_rows(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Completed)
                return;
            Assert.All(transition.After.Running, after =>
            {
                var before = transition.Origin(after);
                Assert.NotNull(before);
                Assert.Equal(
                    before.ComputedTokens + transition.Before.TokensInFlight(before.Id),
                    after.ComputedTokens);
                Assert.Same(before.Blocks, after.Blocks);
            });
        });

    [Law]
    public static void A_token_is_told_before_the_end_that_it_brings(Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Completed)
                return;
            var told = transition.Decisions.ToList();
            Assert.All(told.OfType<Decision.Finish>(), end =>
            {
                var last = told.FindLastIndex(other => other is Decision.Emit emit
                    && emit.Id == end.Id && emit.Sample == end.Sample);
                // A search may have found less than was asked for.
                Assert.Equal(
                    end.Usage.OutputTokens == 0 ? -1 : told.IndexOf(end) - 1, last);
            });
        });

    [Law]
    public static void A_failed_step_ends_exactly_its_living_sequences_with_an_error(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Failed)
                return;
            var living = transition.Before.Running
                .Where(sequence => transition.Before.InFlight!.Sequences.Contains(sequence.Id));
            Assert.Equal(
                living.SelectMany(sequence => sequence.Ends(FinishReason.Error)),
                transition.Decisions.Where(decision => decision is not Decision.Choose));
            // Beams that the step was to move to the host begin again as one.
            Assert.Equal(
                transition.Before.Unfinished()
                    .Except(living)
                    .Where(each => each.Sample == 0 || !transition.BeginsAgain(each))
                    .Select(each => each.Id),
                transition.After.Unfinished().Select(each => each.Id));
        });

    [Law]
    public static void An_answered_step_is_no_longer_in_flight(Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() is StepOutcome.Completed or StepOutcome.Failed)
            {
                Assert.Same(transition.Before.Ahead, transition.After.InFlight);
                Assert.Null(transition.After.Ahead);
            }
        });

    [Law]
    public static void Those_that_end_with_a_step_free_exactly_the_blocks_that_only_they_held(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() is StepOutcome.Completed or StepOutcome.Failed)
                Assert.Equal(
                    transition.Before.Blocks.FreeCount + transition.Ended
                        .SelectMany(sequence => sequence.Blocks.Blocks.ToArray())
                        .Distinct()
                        .Except(transition.After.Running
                            .SelectMany(sequence => sequence.Blocks.Blocks.ToArray()))
                        .Count(),
                    transition.After.Blocks.FreeCount);
        });

    [Law]
    public static void An_answer_for_a_step_that_is_not_in_flight_changes_nothing(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Unexpected)
                return;
            Assert.Empty(transition.Decisions);
            Assert.Same(transition.Before, transition.After);
        });

    [Law]
    public static void A_step_wanted_while_one_is_in_flight_or_nothing_is_to_do_changes_nothing(
        Transitions transitions) =>
        transitions.EachAfter<Event.StepWanted>((transition, _) =>
        {
            if (transition.Before.InFlight is null && transition.Before.Unfinished().Any())
                return;
            if (transition.IsAhead())
                return;
            Assert.Empty(transition.Decisions);
            Assert.Same(transition.Before, transition.After);
        });

    // None when it was cancelled while the step ran.
    private static IEnumerable<Sequence> Living(Transition transition, SequenceId id) =>
        transition.Before.Running.Where(sequence => sequence.Id == id && !sequence.Searches());
}
