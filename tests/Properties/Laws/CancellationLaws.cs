using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>A request may be given up at any moment: waiting, running, or in flight.</summary>
public static class CancellationLaws
{
    [Law]
    public static void Cancelling_ends_the_request_or_its_sample_at_once_with_the_reason_given(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, cancelled) =>
        {
            var given = transition.Before.Unfinished().Where(cancelled.Means).ToList();
            Assert.Equal(
                given.SelectMany(sequence => sequence.Ends(cancelled.Reason)),
                transition.Decisions.Where(decision => decision is not Decision.Choose));
            Assert.DoesNotContain(transition.After.Unfinished(), cancelled.Means);
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
            bool Other(Sequence sequence) => !cancelled.Means(sequence);
            Assert.Equal(
                transition.Before.Running.Where(Other), transition.After.Running);
            Assert.Equal(
                transition.Before.Waiting.Values.Where(Other), transition.After.Waiting.Values);
            Assert.Same(transition.Before.InFlight, transition.After.InFlight);
        });

    [Law]
    public static void Cancelling_what_is_unknown_finished_or_not_begun_changes_nothing(
        Transitions transitions) =>
        transitions.EachAfter<Event.Cancelled>((transition, cancelled) =>
        {
            if (!transition.Before.Unfinished().Any(cancelled.Means))
            {
                Assert.Empty(transition.Decisions);
                Assert.Same(transition.Before, transition.After);
            }
        });
}
