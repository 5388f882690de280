using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Model;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>What can never be served is told at once; what can be served later waits.</summary>
public static class RejectionLaws
{
    [Law]
    public static void A_request_is_rejected_exactly_when_something_stands_against_it(
        Transitions transitions) =>
        transitions.EachAfter<Event.Submitted>((transition, submitted) =>
        {
            var objections = Objections
                .To(
                    submitted.Request,
                    transition.Config,
                    [.. transition.Before.Unfinished().Select(each => each.Request.Id)],
                    transition.Before.Waiting.Values
                        .Select(each => each.Request.Id)
                        .Except(transition.Before.Running.Select(each => each.Request.Id))
                        .Count())
                .ToList();
            if (objections.Count == 0)
            {
                Assert.Empty(transition.Decisions);
                Assert.Contains(transition.After.Waiting.Values, waiting =>
                    waiting.Request.Id == submitted.Request.Id);
            }
            else
            {
                var rejected = Assert.IsType<Decision.Reject>(Assert.Single(transition.Decisions));
                Assert.Equal(submitted.Request.Id, rejected.Id);
                Assert.Contains(rejected.Why, objections);
            }
        });

    [Law]
    public static void A_rejected_request_changes_nothing(Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Decisions.OfType<Decision.Reject>().Any())
                Assert.Same(transition.Before, transition.After);
        });
}
