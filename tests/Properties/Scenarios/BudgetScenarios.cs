using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// Who starts, with how many tokens, and who gives way, as vLLM's <c>test_scheduler.py</c>,
/// <c>test_chunked_prefill_scheduler.py</c> and <c>test_block_manager.py</c> have it. Ours always
/// chunks, and an idle engine takes whatever can be served at all (ADR 3).
/// </summary>
public class BudgetScenarios
{
    private static SchedulerConfig Budget(int tokens) =>
        Scene.Of(blocks: 200, blockSize: 4) with { MaxBatchedTokens = tokens };

    [Theory]
    [InlineData(0.0, 4)]
    [InlineData(0.25, 3)]
    public void The_watermark_leaves_blocks_to_those_running(double watermark, int started)
    {
        var scene = new Scene(Scene.Of(blocks: 4, blockSize: 4) with { Watermark = watermark });
        for (var id = 0; id < 5; id++)
            scene.Submit(id, Scene.Text(id, 4));
        scene.Plan();
        Assert.Equal(started, scene.Rows.Count());
    }

    // Never, later or now; of blocks of 16 another holds one.
    [Theory]
    [InlineData(8, 0.0)]
    [InlineData(8, 0.5)]
    [InlineData(40, 0.0)]
    [InlineData(40, 0.5)]
    [InlineData(80, 0.0)]
    [InlineData(80, 0.5)]
    public void A_prompt_is_refused_waits_or_starts(int blocks, double watermark)
    {
        var config = Scene.Of(blocks, blockSize: 16) with { Watermark = watermark };
        for (var needed = 1; needed <= 100; needed++)
        {
            var scene = new Scene(config);
            scene.Submit(0, Scene.Text(1, 1));
            scene.Step();
            var rejection = scene.Submit(1, Scene.Text(2, needed * 16 - 1));
            Assert.Equal(needed > blocks, rejection is Rejection.PromptExceedsPool);
            scene.Plan();
            var starts = needed <= blocks - 1 - (int)(watermark * blocks);
            Assert.Equal(starts ? 2 : 1, scene.Rows.Count());
            Assert.Equal(rejection is null && !starts ? [1L] : [], scene.Waiting);
        }
    }

    [Fact]
    public void An_idle_engine_takes_what_the_watermark_alone_would_keep_out()
    {
        var scene = new Scene(Scene.Of(blocks: 8, blockSize: 16) with { Watermark = 0.5 });
        scene.Submit(0, Scene.Text(1, 8 * 16 - 1));
        scene.Plan();
        Assert.Equal(8, scene.Table(0).Count());
    }

    [Fact]
    public void A_sequence_gets_a_block_only_when_a_token_falls_into_it()
    {
        var scene = new Scene(Scene.Of(blocks: 8, blockSize: 4));
        scene.Submit(0, Scene.Text(1, 4));
        scene.Step();
        Assert.Single(scene.Table(0));
        for (var token = 5; token <= 8; token++)
        {
            scene.Step();
            Assert.Equal(2, scene.Table(0).Count());
        }
    }

    [Fact]
    public void The_last_in_order_give_way_one_after_the_other_and_the_first_goes_on()
    {
        var scene = new Scene(Scene.Of(blocks: 3, blockSize: 4));
        for (var id = 0; id < 3; id++)
            scene.Submit(id, Scene.Text(id, 4));
        scene.Step();
        var plan = Assert.IsType<StepPlan>(scene.Plan());
        Assert.Equal([new RequestId(2), new RequestId(1)], plan.Preempted.ToArray());
        Assert.Equal([(0L, 1)], scene.Rows);
        Assert.Empty(plan.SwapOuts);
    }

    [Fact]
    public void Who_gave_way_computes_all_its_tokens_again_once_there_is_room()
    {
        var scene = new Scene(Scene.Of(blocks: 2, blockSize: 4) with { PrefixCaching = false });
        scene.Submit(0, Scene.Text(1, 4));
        scene.Submit(1, Scene.Text(2, 4));
        scene.Plan();
        Assert.Equal([(0L, 4), (1L, 4)], scene.Rows);
        scene.Complete();
        scene.Plan();
        Assert.Equal([(0L, 1)], scene.Rows);
        scene.Complete();
        scene.Cancel(0);
        scene.Plan();
        Assert.Equal([(1L, 5)], scene.Rows);
    }

    [Fact]
    public void No_more_start_than_may_run()
    {
        var scene = new Scene(Budget(4096) with { MaxSequences = 2 });
        scene.Submit(0, Scene.Text(0, 10));
        scene.Step();
        scene.Submit(1, Scene.Text(1, 10));
        scene.Submit(2, Scene.Text(2, 10));
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 10)], scene.Rows);
        Assert.Equal([2L], scene.Waiting);
    }

    [Fact]
    public void A_prompt_longer_than_the_model_is_refused_and_one_longer_than_the_budget_is_cut()
    {
        var scene = new Scene(Budget(32) with { MaxModelLength = 64 });
        Assert.IsType<Rejection.PromptTooLong>(scene.Submit(0, Scene.Text(0, 64)));
        Assert.Null(scene.Plan());
        Assert.Null(scene.Submit(1, Scene.Text(1, 48)));
        scene.Plan();
        Assert.Equal([(1L, 32)], scene.Rows);
    }

    [Fact]
    public void Chunks_fill_the_budget_behind_those_that_decode()
    {
        var scene = new Scene(Budget(64));
        scene.Submit(0, Scene.Text(0, 60));
        scene.Submit(1, Scene.Text(1, 60));
        scene.Plan();
        Assert.Equal([(0L, 60), (1L, 4)], scene.Rows);
        scene.Complete();
        scene.Submit(2, Scene.Text(2, 60));
        scene.Submit(3, Scene.Text(3, 60));
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 56), (2L, 7)], scene.Rows);
    }

    [Fact]
    public void A_budget_of_two_decodes_first_then_goes_on_with_the_chunk_then_starts_another()
    {
        var scene = new Scene(Budget(2) with { MaxSequences = 2 });
        for (var id = 0; id < 3; id++)
            scene.Submit(id, Scene.Text(id, 2));
        scene.Plan();
        Assert.Equal([(0L, 2)], scene.Rows);
        scene.Complete();
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 1)], scene.Rows);
        scene.Complete();
        scene.Cancel(0);
        scene.Plan();
        Assert.Equal([(1L, 1), (2L, 1)], scene.Rows);
    }

    [Fact]
    public void A_prompt_half_computed_that_gives_way_begins_again_from_its_first_token()
    {
        var scene = new Scene(Scene.Of(blocks: 17, blockSize: 4) with
        {
            MaxBatchedTokens = 31,
            PrefixCaching = false,
        });
        scene.Submit(0, Scene.Text(0, 7));
        scene.Step();
        scene.Submit(1, Scene.Text(1, 59));
        scene.Step();
        Assert.Equal(2, scene.State.Running.Length);
        var plan = scene.Step();
        Assert.Equal([new RequestId(1)], plan.Preempted.ToArray());
        scene.Cancel(0);
        scene.Plan();
        Assert.Equal([(1L, 31)], scene.Rows);
        Assert.Equal(0, scene.InFlight.FirstPositions[0]);
    }

    [Fact]
    public void A_third_does_not_start_though_the_budget_has_room()
    {
        var scene = new Scene(Budget(64) with { MaxSequences = 2 });
        for (var id = 0; id < 3; id++)
            scene.Submit(id, Scene.Text(id, 65));
        scene.Plan();
        Assert.Equal([(0L, 64)], scene.Rows);
        scene.Complete();
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 63)], scene.Rows);
        scene.Complete();
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 2)], scene.Rows);
        Assert.Equal([2L], scene.Waiting);
    }
}
