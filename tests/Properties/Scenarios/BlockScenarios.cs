using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// Blocks with their ids, as vLLM's <c>test_prefix_caching.py</c> and <c>test_block_manager.py</c>
/// have them. Ids begin at 0 here, at 1 there; of free blocks that cache nothing ours takes the
/// one that is free longest.
/// </summary>
public class BlockScenarios
{
    // 10 blocks of 16; one prompt of 48 + 7 tokens, one of the same 48 + 5.
    private static Scene TwoThatShare()
    {
        var scene = new Scene(Scene.Of(blocks: 10, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 48, 2, 7));
        scene.Step();
        scene.Submit(1, Scene.Text(1, 48, 3, 5));
        scene.Plan();
        return scene;
    }

    [Fact]
    public void A_prompt_takes_blocks_in_their_order_and_its_full_ones_are_cached()
    {
        var scene = new Scene(Scene.Of(blocks: 10, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 55));
        scene.Plan();
        Assert.Equal([0, 1, 2, 3], scene.Table(0));
        Assert.Equal([1, 1, 1, 1], scene.References(0, 1, 2, 3));
        scene.Complete();
        Assert.Equal([true, true, true, false], new[] { 0, 1, 2, 3 }.Select(scene.IsCached));
    }

    [Fact]
    public void A_prompt_that_begins_alike_shares_the_full_blocks_and_takes_one()
    {
        var scene = TwoThatShare();
        Assert.Equal(48, scene.Hit(1));
        Assert.Equal([0, 1, 2, 4], scene.Table(1));
        Assert.Equal([2, 2, 2, 1, 1], scene.References(0, 1, 2, 3, 4));
        Assert.Equal(5, scene.Free);
    }

    [Fact]
    public void Blocks_come_back_those_that_cache_nothing_first_and_a_chain_from_its_tail()
    {
        var scene = TwoThatShare();
        scene.Complete();
        scene.Cancel(0);
        Assert.Equal([5, 6, 7, 8, 9, 3], scene.FreeQueue);
        scene.Cancel(1);
        Assert.Equal([5, 6, 7, 8, 9, 3, 4, 2, 1, 0], scene.FreeQueue);
    }

    [Fact]
    public void Free_blocks_are_found_again_and_then_taken_by_what_shares_nothing()
    {
        var scene = TwoThatShare();
        scene.Complete();
        scene.Cancel(0);
        scene.Cancel(1);
        scene.Submit(2, Scene.Text(1, 48, 4, 6));
        scene.Step();
        Assert.Equal([0, 1, 2, 5], scene.Table(2));
        Assert.Equal(6, scene.Free);
        scene.Cancel(2);
        scene.Submit(3, Scene.Text(5, 159));
        scene.Plan();
        Assert.Equal([6, 7, 8, 9, 3, 4, 5, 2, 1, 0], scene.Table(3));
        Assert.Equal((0, 3L), (scene.Free, scene.State.Stats.Evictions));
    }

    [Fact]
    public void Tokens_go_to_the_last_block_until_it_is_full_and_then_it_is_cached()
    {
        var scene = new Scene(Scene.Of(blocks: 10, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 55));
        scene.Step();
        for (var token = 56; token <= 64; token++)
        {
            Assert.Equal(4, scene.Table(0).Count());
            Assert.False(scene.IsCached(3));
            scene.Step();
        }

        Assert.True(scene.IsCached(3));
        scene.Step();
        Assert.Equal([0, 1, 2, 3, 4], scene.Table(0));
        Assert.False(scene.IsCached(4));
    }

    [Fact]
    public void Those_freed_earlier_are_evicted_earlier_and_a_hit_is_taken_out_of_the_queue()
    {
        var scene = new Scene(Scene.Of(blocks: 10, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 87));
        scene.Submit(1, Scene.Text(2, 48));
        scene.Step();
        Assert.Equal(1, scene.Free);
        scene.Cancel(0);
        scene.Cancel(1);
        Assert.Equal([9, 5, 4, 3, 2, 1, 0, 8, 7, 6], scene.FreeQueue);
        scene.Submit(2, Scene.Text(1, 35));
        scene.Plan();
        Assert.Equal([0, 1, 9], scene.Table(2));
        Assert.Equal(7, scene.Free);
    }

    [Fact]
    public void A_block_that_is_taken_for_something_else_forgets_what_it_cached()
    {
        var scene = new Scene(Scene.Of(blocks: 2, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 16), maxTokens: 1);
        scene.Drain();
        Assert.True(scene.IsCached(0));
        scene.Submit(1, Scene.Text(2, 31), maxTokens: 1);
        scene.Plan();
        Assert.Equal([1, 0], scene.Table(1));
        Assert.False(scene.IsCached(0));
    }

    [Fact]
    public void What_a_prompt_hits_is_not_evicted_for_the_rest_of_it()
    {
        var scene = new Scene(Scene.Of(blocks: 2, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 16), maxTokens: 1);
        scene.Drain();
        scene.Submit(1, Scene.Text(2, 16), maxTokens: 1);
        scene.Drain();
        Assert.Equal([0, 1], scene.FreeQueue);
        scene.Submit(2, Scene.Text(1, 16, 3, 15));
        scene.Plan();
        Assert.Equal((16, 1L), (scene.Hit(2), scene.State.Stats.Evictions));
        Assert.Equal([0, 1], scene.Table(2));
    }

    [Fact]
    public void Without_the_cache_nothing_is_found_and_what_lacks_blocks_waits()
    {
        var scene = new Scene(Scene.Of(blocks: 4, blockSize: 4) with { PrefixCaching = false });
        scene.Submit(0, Scene.Text(1, 10), maxTokens: 1);
        scene.Plan();
        Assert.Equal(3, scene.Table(0).Count());
        scene.Complete();
        scene.Submit(1, Scene.Text(1, 15));
        scene.Submit(2, Scene.Text(2, 4));
        scene.Plan();
        Assert.Equal((0, 4, 0), (scene.Hit(1), scene.Table(1).Count(), scene.Free));
        Assert.Equal([2L], scene.Waiting);
    }

    [Fact]
    public void Of_a_prompt_in_chunks_the_blocks_that_are_full_are_cached_with_each_chunk()
    {
        var scene = new Scene(Scene.Of(blocks: 8, blockSize: 4) with { MaxBatchedTokens = 8 });
        scene.Submit(0, Scene.Text(1, 14));
        scene.Step();
        Assert.Equal([true, true, false, false], new[] { 0, 1, 2, 3 }.Select(scene.IsCached));
        scene.Step();
        Assert.Equal([true, true, true, false], new[] { 0, 1, 2, 3 }.Select(scene.IsCached));
    }

    [Fact]
    public void A_pool_of_one_block_gives_the_same_one_a_hundred_times()
    {
        var scene = new Scene(Scene.Of(blocks: 1, blockSize: 16));
        for (var id = 0; id < 100; id++)
        {
            scene.Submit(id, Scene.Text(id, 3));
            scene.Step();
            Assert.Equal([0], scene.Table(id));
            scene.Cancel(id);
            Assert.Equal(1, scene.Free);
        }
    }

    [Fact]
    public void Four_prompts_of_a_block_each_fill_four_blocks_and_the_fifth_waits()
    {
        var scene = new Scene(Scene.Of(blocks: 4, blockSize: 4));
        for (var id = 0; id < 5; id++)
            scene.Submit(id, Scene.Text(id, 4));
        scene.Plan();
        Assert.Equal(0, scene.Free);
        Assert.Equal([4L], scene.Waiting);
    }
}
