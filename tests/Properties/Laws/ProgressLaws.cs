using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Everything that is taken in comes to its end, and nothing of it stays behind.</summary>
public static class ProgressLaws
{
    [Law]
    public static void All_finish_within_one_step_for_each_token_they_may_have(Trace trace)
    {
        var steps = trace.Drain.Count(each => each.Planned is not null);
        Assert.InRange(steps, 0, Driver.StepsAtMost(trace.Config, trace.AtDrain));
        Assert.Empty(trace.Last.Unfinished());
    }

    [Law]
    public static void The_first_in_line_gets_on_in_every_step(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.Equal(
            (Order.Of(transition.Config, transition.Before.Running)
                .Find(each => !transition.SitsOut(each))
                ?? Order.Next(transition.Config, transition.Before))!.Id,
            plan.Sequences[0]));

    [Law]
    public static void Nothing_leaks_when_all_is_finished_every_block_is_free(Trace trace)
    {
        Assert.Equal(trace.Config.BlocksTotal, trace.Last.Blocks.FreeCount);
        Assert.Equal(trace.Config.BlocksTotal, trace.Last.Blocks.FreeQueue().Distinct().Count());
        Assert.Equal(0, trace.Last.Blocks.LiveCount);
        Assert.Equal(trace.Config.HostBlocksTotal, trace.Last.HostBlocks.FreeCount);
        Assert.True(trace.Last.Unfinished.IsEmpty);
        Assert.Null(trace.Last.InFlight);
    }
}
