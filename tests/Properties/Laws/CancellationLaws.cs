using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>A request may be given up at any moment: waiting, running, or in flight.</summary>
public static class CancellationLaws
{
    [Law]
    public static void Cancelling_ends_the_request_at_once_with_the_reason_given(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, cancelled) =>
        {
            var expected = transition.Before.Unfinished()
                .Where(sequence => sequence.Request.Id == cancelled.Id)
                .Select(sequence => new Decision.Finish(
                    cancelled.Id, cancelled.Reason, sequence.Usage));
            Assert.Equal(expected, transition.Decisions);
            Assert.DoesNotContain(transition.After.Unfinished(), sequence =>
                sequence.Request.Id == cancelled.Id);
        });

    [Law]
    public static void Cancelling_frees_exactly_the_blocks_that_nobody_else_holds(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, _) => Assert.Equal(
            transition.Before.Blocks.FreeQueue().ToHashSet()
                .Concat(transition.Ended.SelectMany(each => each.Blocks.Blocks.ToArray()))
                .Except(transition.After.Running.SelectMany(each => each.Blocks.Blocks.ToArray()))
                .OrderBy(block => block.Value),
            transition.After.Blocks.FreeQueue()
                .Take(transition.Config.BlocksTotal + 1)
                .OrderBy(block => block.Value)));

    [Law]
    public static void Cancelling_leaves_everybody_else_and_the_step_in_flight_alone(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, cancelled) =>
        {
            bool Other(Sequence sequence) => sequence.Request.Id != cancelled.Id;
            Assert.Equal(
                transition.Before.Running.Where(Other), transition.After.Running);
            Assert.Equal(
                transition.Before.Waiting.Values.Where(Other), transition.After.Waiting.Values);
            Assert.Same(transition.Before.InFlight, transition.After.InFlight);
        });

    [Law]
    public static void Cancelling_what_is_unknown_or_finished_changes_nothing(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, cancelled) =>
        {
            if (!transition.Before.Unfinished().Any(each => each.Request.Id == cancelled.Id))
            {
                Assert.Empty(transition.Decisions);
                Assert.Same(transition.Before, transition.After);
            }
        });
}
