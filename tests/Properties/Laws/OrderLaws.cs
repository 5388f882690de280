using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Who stands before whom. What each policy adds is in <see cref="PolicyLaws"/>.</summary>
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
    public static void Rows_stand_in_order_and_newcomers_behind_in_the_order_of_their_turns(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var ran = Order.Of(transition.Config, transition.Before.Running
                .Where(each => plan.Sequences.Contains(each.Id)));
            var ids = ran.Select(sequence => sequence.Id).ToList();
            Assert.Equal(ids, plan.Sequences.Take(ids.Count));
            Assert.Equal(
                plan.Sequences.Skip(ids.Count), transition.Started.Select(each => each.Id));
            Assert.Equal(plan.Sequences.Distinct(), plan.Sequences);
        });

    [Law]
    public static void Nobody_runs_while_one_of_its_kind_waits_who_came_earlier(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(transition.After.Running, running =>
            Assert.DoesNotContain(transition.After.Waiting.Values, waiting =>
                waiting.Id.Value < running.Id.Value
                && Order.AreAlike(transition.Config, waiting, running))));

    [Law]
    public static void Who_gave_way_comes_back_before_all_that_stand_behind_it(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var gaveWay = transition.After.Waiting.Values.Where(each => each.Preemptions > 0);
            Assert.All(gaveWay, waiting => Assert.All(transition.After.Running, running =>
                Assert.True(
                    Order.IsBefore(transition.Config, running, waiting),
                    $"{running.Id} runs while {waiting.Id} waits")));
        });

    [Law]
    public static void Those_running_get_their_tokens_before_anyone_is_admitted(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var ran = transition.Before.Running.Select(sequence => sequence.Id).ToHashSet();
            var admitted = plan.Sequences.SkipWhile(ran.Contains).ToList();
            Assert.Empty(admitted.Intersect(ran));
            ran.ExceptWith(transition.Before.Running
                .Where(each => transition.SitsOut(each) || transition.IsHeldBack(plan, each))
                .Select(sequence => sequence.Id));
            Assert.True(admitted.Count == 0 || ran.IsSubsetOf(plan.Sequences));
        });

    [Law]
    public static void Nobody_is_overtaken_by_its_own_kind_they_start_in_order_of_arrival(
        Trace trace)
    {
        var started = trace.Items
            .Where(transition => transition.Planned is not null)
            .SelectMany(transition => transition.After.Running)
            .DistinctBy(sequence => sequence.Id.Value - sequence.Sample)
            .GroupBy(sequence => trace.Config.Policy switch
            {
                SchedulingPolicy.Priority => $"{sequence.Request.Priority}",
                SchedulingPolicy.FairShare => sequence.Request.Tenant ?? "no tenant",
                _ => "all",
            });
        Assert.All(started, kind =>
        {
            var ids = kind.Select(sequence => sequence.Id.Value).ToList();
            Assert.Equal(ids.Order(), ids);
        });
    }
}
