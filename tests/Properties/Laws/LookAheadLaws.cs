using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// A step is planned while one runs, before that one's tokens are known; a stop takes effect a
/// step late, and nobody notices.
/// </summary>
public static class LookAheadLaws
{
    [Law]
    public static void At_most_two_steps_are_in_flight_and_the_second_only_where_it_may_be(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.After.Ahead is not { } ahead)
                return;
            Assert.True(transition.Config.LookAhead);
            Assert.NotNull(transition.After.InFlight);
            Assert.Equal(transition.After.InFlight.Id.Value + 1, ahead.Id.Value);
            if (transition.Before.Ahead is { } before)
                Assert.Same(before, ahead);
        });

    [Law]
    public static void Steps_are_answered_in_their_order_an_answer_out_of_turn_is_ignored(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var answered = transition.Event switch
            {
                Event.StepCompleted(var result) => result.Step,
                Event.StepFailed(var step, _) => step,
                _ => default(StepId?),
            };
            if (transition.Before.Ahead is not { } ahead || answered is null)
                return;
            Assert.Equal(
                answered == transition.Before.InFlight!.Id
                    ? new[] { ahead }
                    : [transition.Before.InFlight, ahead],
                transition.After.Steps());
        });

    [Law]
    public static void A_step_ahead_takes_nothing_from_anybody(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            if (!transition.IsAhead())
                return;
            Assert.Empty(plan.Preempted);
            Assert.Empty(plan.SwapOuts);
            Assert.Empty(transition.Preempted);
            Assert.Empty(transition.Ended);
        });

    [Law]
    public static void A_row_awaits_its_token_exactly_when_the_step_in_flight_draws_it(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            if (!transition.IsAhead())
            {
                Assert.Empty(plan.Awaited);
                return;
            }

            Assert.Equal(plan.Rows, plan.Awaited.Length);
            var before = transition.Before.InFlight!;
            var drawn = Enumerable.Range(0, before.Rows)
                .SelectMany(row =>
                    Enumerable.Repeat(before.Sequences[row], before.Draws[row].Count))
                .ToList();
            for (var row = 0; row < plan.Rows; row++)
            {
                Assert.Equal(drawn.IndexOf(plan.Sequences[row]), plan.Awaited[row]);
                if (!plan.Awaits(row))
                    continue;
                Assert.Equal(plan.TokenLogs[row].Count, plan.FirstPositions[row]);
                Assert.Equal(1, plan.TokenCounts[row]);
                Assert.True(plan.Tokens(row).IsEmpty);
            }
        });

    [Law]
    public static void Who_surely_ends_or_forks_with_the_step_in_flight_has_no_row_behind_it(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.Empty(
            transition.Before.Running
                .Where(transition.SitsOut)
                .Select(sequence => sequence.Id)
                .Intersect(plan.Sequences)));

    // What a step ahead expects is no part of the state: only blocks are taken in advance.
    [Law]
    public static void A_step_ahead_leaves_those_that_run_as_they_are_but_for_their_blocks(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) =>
        {
            if (!transition.IsAhead())
                return;
            var after = transition.After.Running.ToDictionary(sequence => sequence.Id);
            Assert.All(transition.Before.Running, before =>
                Assert.Equal(before, after[before.Id] with { Blocks = before.Blocks }));
        });

    [Law]
    public static void Who_ends_while_two_steps_are_in_flight_gives_back_the_blocks_of_both(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Before.Ahead is null || transition.Ended.IsEmpty)
                return;
            var held = transition.After.Unfinished()
                .SelectMany(sequence => sequence.Blocks.Blocks.ToArray())
                .ToHashSet();
            Assert.All(
                transition.Ended.SelectMany(sequence => sequence.Blocks.Blocks.ToArray()),
                block => Assert.Equal(
                    held.Contains(block), transition.After.Blocks.ReferenceCount(block) > 0));
        });

    // What beams draw is told when their search is over, not as it is drawn.
    [Law]
    public static void The_surplus_token_of_a_sequence_that_has_ended_is_told_to_nobody(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Outcome() != StepOutcome.Completed)
                return;
            var plan = transition.Before.InFlight!;
            var draws = Enumerable.Range(0, plan.Rows)
                .Where(row => transition.Before.Running
                    .Any(each => each.Id == plan.Sequences[row] && !each.Searches()))
                .Sum(row => plan.Draws[row].Count);
            Assert.Equal(draws, transition.Decisions.OfType<Decision.Emit>()
                .Count(emit => !transition.Before.Unfinished()
                    .Any(each => each.Request.Id == emit.Id && each.Searches())));
        });

    [Law]
    public static void Nobody_comes_back_from_the_host_while_a_step_in_flight_moves_blocks_there(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.True(
            plan.SwapIns.IsEmpty
            || transition.Before.InFlight?.SwapOuts.IsEmpty is null or true));

    [Law]
    public static void A_step_is_planned_ahead_exactly_when_all_that_go_on_have_their_blocks(
        Transitions transitions) =>
        transitions.EachAfter<Event.StepWanted>((transition, _) =>
        {
            if (!transition.IsAhead())
                return;
            if (transition.Planned is null)
                Assert.Same(transition.Before, transition.After);
            var goOn = GoOn(transition);
            if (Needed(transition, goOn) > transition.Before.Blocks.FreeCount)
                Assert.Null(transition.Planned);
            else if (goOn.Count > 0)
                Assert.NotNull(transition.Planned);
        });

    // Those running that the budget leaves tokens for, and how many; beams all or none.
    private static List<(Sequence Sequence, int Tokens)> GoOn(Transition transition)
    {
        var (config, left) = (transition.Config, transition.Config.MaxBatchedTokens);
        var goOn = new List<(Sequence, int)>();
        foreach (var group in Order.Of(config, transition.Before.Running)
            .GroupBy(each => each.Request.Id))
        {
            if (group.First().Searches() && group.Count() > left)
                continue;
            foreach (var sequence in group)
            {
                var tokens = Math.Min(
                    Math.Min(transition.PendingTokens(sequence), left),
                    config.LongPrefillThreshold > 0 ? config.LongPrefillThreshold : int.MaxValue);
                left -= tokens;
                if (tokens > 0)
                    goOn.Add((sequence, tokens));
            }
        }

        return goOn;
    }

    // New blocks, and copies: of all that hold an unfilled block the last to write keeps it.
    private static int Needed(
        Transition transition, IEnumerable<(Sequence Sequence, int Tokens)> goOn)
    {
        var (config, needed) = (transition.Config, 0);
        var written = new List<BlockId>();
        foreach (var (sequence, tokens) in goOn)
        {
            var computed = transition.ComputedTokens(sequence);
            needed += BlockTable.BlocksFor(computed + tokens, config.BlockSize)
                - sequence.Blocks.Count;
            if (computed % config.BlockSize != 0)
                written.Add(sequence.Blocks[computed / config.BlockSize]);
        }

        return needed + written
            .CountBy(block => block)
            .Sum(writers => writers.Value
                - (writers.Value == transition.Before.Blocks.ReferenceCount(writers.Key) ? 1 : 0));
    }
}
