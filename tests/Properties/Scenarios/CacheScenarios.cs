using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// What hits, what counts as a hit and who waits for it, as vLLM's <c>test_prefix_caching.py</c>,
/// <c>test_async_scheduler.py</c> and <c>test_chunked_prefill_scheduler.py</c> have it. Ours lets
/// followers wait for their leader, and never rounds a chunk down (ADR 9).
/// </summary>
public class CacheScenarios
{
    [Fact]
    public void Shared_blocks_that_are_free_count_as_taken_by_whoever_hits_them()
    {
        // 11 blocks: 4 of the first, 2 of the second, 5 free, of which 3 cache its tail.
        var scene = new Scene(Scene.Of(blocks: 11, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 48));
        scene.Step();
        scene.Submit(1, Scene.Text(1, 96), maxTokens: 1);
        scene.Step();
        Assert.Equal(48, scene.Usage(1).CachedTokens);
        scene.Submit(2, Scene.Text(2, 30));
        scene.Step();
        Assert.Equal(5, scene.Free);
        var cached = scene.State.Blocks.FreeQueue()
            .Select(block => block.Value).Where(scene.IsCached).ToArray();
        Assert.Equal(3, cached.Length);

        // 9 blocks, 6 of them hit: 3 are held, 3 are free, and 3 more would be needed.
        scene.Submit(3, Scene.Text(1, 96, 3, 44));
        scene.Step();
        Assert.Equal([3L], scene.Waiting);
        Assert.Equal([1, 1, 1, 0, 0, 0], scene.References([0, 1, 2, .. cached]));
    }

    [Fact]
    public void A_prompt_that_has_to_wait_counts_its_hit_once_when_it_starts()
    {
        var scene = new Scene(Scene.Of(blocks: 5, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 32), maxTokens: 1);
        scene.Drain();
        scene.Submit(1, Scene.Text(2, 40), maxTokens: 3);
        scene.Step();
        scene.Submit(2, Scene.Text(1, 32, 3, 16));
        scene.Step();
        Assert.Equal([2L], scene.Waiting);
        Assert.Equal(0, scene.State.Stats.CachedTokens);
        scene.Step();
        scene.Step();
        Assert.Equal((32, 32L), (scene.Hit(2), scene.State.Stats.CachedTokens));
    }

    [Fact]
    public void Whoever_was_preempted_says_so_and_keeps_what_it_first_hit()
    {
        var scene = new Scene(Scene.Of(blocks: 3, blockSize: 4));
        scene.Submit(0, Scene.Text(1, 4), maxTokens: 5);
        scene.Submit(1, Scene.Text(2, 4), maxTokens: 5);
        scene.Drain();
        Assert.Equal((0, 1), (scene.Usage(0).Preemptions, scene.Usage(1).Preemptions));
        Assert.Equal(0, scene.Usage(1).CachedTokens);
        Assert.Equal(1, scene.State.Stats.Preemptions);
    }

    [Fact]
    public void Of_two_prompts_alike_the_second_waits_a_step_and_computes_what_is_left()
    {
        var scene = new Scene(Scene.Of(blocks: 20, blockSize: 16));
        scene.Submit(0, Scene.Text(1, 100));
        scene.Submit(1, Scene.Text(1, 100));
        scene.Plan();
        Assert.Equal([(0L, 100)], scene.Rows);
        scene.Complete();
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 4)], scene.Rows);
        Assert.Equal(scene.Table(0).Take(6), scene.Table(1).Take(6));
    }

    [Fact]
    public void Next_turns_compute_only_what_is_behind_the_last_full_block()
    {
        var scene = new Scene(Scene.Of(blocks: 200, blockSize: 16));
        for (var id = 0; id < 5; id++)
            scene.Submit(id, Scene.Text(id, 100), maxTokens: 200);
        scene.Drain();
        for (var id = 0; id < 5; id++)
            scene.Submit(10 + id, [.. Scene.Text(id, 100), .. scene.Output(id)]);
        scene.Plan();
        Assert.Equal(
            Enumerable.Range(10, 5).Select(id => ((long)id, 300 % 16)), scene.Rows);
    }

    [Fact]
    public void The_worked_example_of_four_tokens_a_block()
    {
        // The example of vLLM's design page on prefix caching: 10 blocks of 4.
        var scene = new Scene(Scene.Of(blocks: 10, blockSize: 4));
        scene.Submit(0, Scene.Text(1, 15));
        scene.Step();
        Assert.Equal([0, 1, 2, 3], scene.Table(0));
        Assert.Equal([true, true, true, false], new[] { 0, 1, 2, 3 }.Select(scene.IsCached));
        scene.Step();
        Assert.True(scene.IsCached(3));
        scene.Submit(1, Scene.Text(1, 10, 2, 4));
        scene.Step();
        Assert.Equal([0, 1, 2, 3, 4], scene.Table(0));
        Assert.Equal(8, scene.Hit(1));
        Assert.Equal([0, 1, 5, 6], scene.Table(1));
        scene.Cancel(0);
        scene.Cancel(1);
        Assert.Equal([7, 8, 9, 4, 6, 3, 2, 5, 1, 0], scene.FreeQueue);
        scene.Submit(2, Scene.Text(1, 12, 3, 17));
        scene.Plan();
        Assert.Equal([0, 1, 2, 7, 8, 9, 4, 6], scene.Table(2));
    }

    [Fact]
    public void A_chunk_is_as_long_as_the_budget_has_room_for()
    {
        var scene = new Scene(Scene.Of(blocks: 50, blockSize: 4) with { MaxBatchedTokens = 64 });
        scene.Submit(0, Scene.Text(1, 50));
        scene.Submit(1, Scene.Text(2, 50));
        scene.Plan();
        Assert.Equal([(0L, 50), (1L, 14)], scene.Rows);
    }

    [Fact]
    public void Hits_cost_no_budget()
    {
        var scene = new Scene(Scene.Of(blocks: 50, blockSize: 4) with { MaxBatchedTokens = 12 });
        scene.Submit(0, Scene.Text(1, 8), maxTokens: 1);
        scene.Drain();
        scene.Submit(1, Scene.Text(1, 4, 2, 4));
        scene.Submit(2, Scene.Text(1, 4, 3, 4));
        scene.Plan();
        Assert.Equal([(1L, 4), (2L, 4)], scene.Rows);
    }

    [Fact]
    public void Those_behind_a_chunked_leader_wait_until_what_they_share_is_computed()
    {
        var scene = new Scene(Scene.Of(blocks: 50, blockSize: 4) with { MaxBatchedTokens = 4 });
        scene.Submit(0, Scene.Text(1, 8));
        scene.Submit(1, Scene.Text(1, 8));
        scene.Step();
        Assert.Equal([1L], scene.Waiting);
        scene.Step();
        scene.Plan();
        Assert.Equal([(0L, 1), (1L, 3)], scene.Rows);
        Assert.Equal(4, scene.Hit(1));
    }

    [Fact]
    public void Two_that_come_to_the_same_tokens_keep_a_block_each_and_one_is_known()
    {
        // The second takes over the first's answer as the end of its prompt, in a block of its own.
        var scene = new Scene(Scene.Of(blocks: 20, blockSize: 4));
        scene.Submit(0, Scene.Text(1, 6));
        scene.Step();
        scene.Submit(1, [.. Scene.Text(1, 6), .. scene.Output(0)]);
        scene.Step();
        scene.Step();
        Assert.Equal(4, scene.Hit(1));
        var (first, second) = (scene.Table(0).ElementAt(1), scene.Table(1).ElementAt(1));
        Assert.NotEqual(first, second);
        Assert.True(scene.IsCached(first));
        Assert.False(scene.IsCached(second));
    }

    [Fact]
    public void Of_eight_cached_blocks_the_tail_goes_first_so_that_half_are_still_a_prefix()
    {
        var scene = new Scene(Scene.Of(blocks: 8, blockSize: 4));
        scene.Submit(0, Scene.Text(1, 31), maxTokens: 1);
        scene.Drain();
        scene.Submit(1, Scene.Text(2, 16), maxTokens: 1);
        scene.Drain();
        scene.Submit(2, Scene.Text(1, 31));
        scene.Plan();
        Assert.Equal(16, scene.Hit(2));
    }
}
