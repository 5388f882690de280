using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// Blocks move to the host and back, as vLLM's <c>test_block_manager.py</c> and
/// <c>test_scheduler.py</c> of version 0 have it; swapped sequences wait in line (ADR 13).
/// </summary>
public class SwapScenarios
{
    private static readonly SchedulerConfig s_config = Scene.Of(blocks: 4, blockSize: 2) with
    {
        HostBlocksTotal = 4,
        PreemptionMode = PreemptionMode.Swap,
        PrefixCaching = false,
    };

    // Both hold 2 blocks of 4; the first needs a third one.
    private static Scene Full(SchedulerConfig config)
    {
        var scene = new Scene(config);
        scene.Submit(0, Scene.Text(1, 3), maxTokens: 4);
        scene.Submit(1, Scene.Text(2, 3), maxTokens: 4);
        scene.Step();
        scene.Step();
        Assert.Equal(0, scene.Free);
        return scene;
    }

    [Fact]
    public void A_table_moves_out_block_by_block_and_comes_back_as_it_was()
    {
        var scene = Full(s_config);
        var table = scene.Table(1).ToArray();
        var plan = scene.Step();
        Assert.Equal(table, plan.SwapOuts.Select(swap => swap.Device.Value));
        Assert.Equal(2, scene.State.HostBlocks.LiveCount);
        Assert.Equal(1, scene.Free);
        var hosts = plan.SwapOuts.Select(swap => swap.Host);
        Assert.Empty(plan.SwapIns);

        StepPlan back;
        do
            back = scene.Step();
        while (back.SwapIns.IsEmpty);
        Assert.Equal(hosts, back.SwapIns.Select(swap => swap.Host));
        Assert.Equal(scene.Table(1).Take(2), back.SwapIns.Select(swap => swap.Device.Value));
        Assert.Equal(0, scene.State.HostBlocks.LiveCount);
        Assert.Equal(4, scene.State.Stats.PrefillTokens - 2);
    }

    [Fact]
    public void What_does_not_fit_yet_stays_swapped_and_nobody_behind_it_starts()
    {
        var scene = Full(s_config);
        scene.Submit(2, Scene.Text(3, 1));
        scene.Step();
        Assert.Equal([1L, 2L], scene.Waiting);
        Assert.Equal(2, scene.State.HostBlocks.LiveCount);
        scene.Plan();
        Assert.Equal([(0L, 1)], scene.Rows);
        Assert.Equal([1L, 2L], scene.Waiting);
    }

    [Fact]
    public void Who_was_swapped_comes_back_ahead_of_a_prompt_that_arrived_later()
    {
        var scene = Full(s_config);
        scene.Submit(2, Scene.Text(3, 3));
        while (scene.State.Running.Any(sequence => sequence.Request.Id.Value == 0))
            scene.Step();
        scene.Plan();
        Assert.Equal(1L, scene.Rows.First().Request);
    }

    [Fact]
    public void Where_the_host_is_full_tokens_are_computed_again()
    {
        var scene = Full(s_config with { HostBlocksTotal = 1 });
        var plan = scene.Step();
        Assert.Empty(plan.SwapOuts);
        Assert.Equal([new RequestId(1)], plan.Preempted.ToArray());
        scene.Drain();
        Assert.Equal(0, scene.State.Stats.Swaps);
    }

    [Fact]
    public void A_copy_that_is_due_is_made_in_the_step_that_brings_the_samples_back()
    {
        // Two samples share their unfilled block when they give way; each will write to it.
        var scene = new Scene(s_config with { BlocksTotal = 6, HostBlocksTotal = 6 });
        scene.Submit(0, Scene.Text(1, 6), maxTokens: 3);
        scene.Submit(new Request(
            new RequestId(1), Scene.Text(2, 3), SamplingParams.Greedy, new StopRule())
        {
            Samples = 2,
        });
        scene.Step();
        StepPlan plan;
        do
            plan = scene.Step();
        while (plan.SwapIns.IsEmpty);
        Assert.Equal(2, plan.SwapIns.Length);
        Assert.Single(plan.Copies);
        Assert.Contains(plan.Copies[0].From, plan.SwapIns.Select(swap => swap.Device));
    }
}
