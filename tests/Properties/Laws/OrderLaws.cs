using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>First come, first served.</summary>
public static class OrderLaws
{
    [Law]
    public static void Sequences_are_numbered_in_order_of_arrival(Transitions transitions) =>
        transitions.EachAfter<Event.Submitted>((transition, submitted) =>
        {
            var arrived = transition.After.Unfinished()
                .Where(sequence => !transition.Before.Unfinished().Contains(sequence))
                .ToList();
            Assert.All(arrived, sequence =>
            {
                Assert.Equal(transition.Before.NextSequence, sequence.Id);
                Assert.Equal(submitted.Request.Id, sequence.Request.Id);
                Assert.Equal(submitted.Request.Prompt, sequence.Request.Prompt);
                Assert.All(transition.Before.Unfinished(), other =>
                    Assert.True(other.Id.Value < sequence.Id.Value));
            });
            Assert.Equal(
                transition.Before.NextSequence.Value + arrived.Sum(each => each.Width),
                transition.After.NextSequence.Value);
        });

    [Law]
    public static void Rows_stand_in_order_of_arrival(Transitions transitions) =>
        transitions.EachPlanned((_, plan) => Assert.Equal(
            plan.Sequences.Distinct().OrderBy(sequence => sequence.Value), plan.Sequences));

    [Law]
    public static void Nobody_runs_before_somebody_who_came_earlier(Transitions transitions) =>
        transitions.Each(transition =>
        {
            var ids = transition.After.Unfinished().Select(sequence => sequence.Id.Value).ToList();
            Assert.Equal(ids.Order(), ids);
        });

    [Law]
    public static void Those_running_get_their_tokens_before_anyone_is_admitted(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var ran = transition.Before.Running.Select(sequence => sequence.Id).ToHashSet();
            var admitted = plan.Sequences.SkipWhile(ran.Contains).ToList();
            Assert.Empty(admitted.Intersect(ran));
            Assert.True(admitted.Count == 0 || ran.IsSubsetOf(plan.Sequences));
        });

    [Law]
    public static void Nobody_is_overtaken_sequences_start_in_order_of_arrival(Trace trace)
    {
        var started = trace.Items
            .Where(transition => transition.Planned is not null)
            .SelectMany(transition => transition.After.Running)
            .Select(sequence => sequence.Id.Value - sequence.Sample)
            .Distinct()
            .ToList();
        Assert.Equal(started.Order(), started);
    }
}
