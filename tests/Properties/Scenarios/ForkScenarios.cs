using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Scenarios;

/// <summary>
/// Samples share blocks until they write, as vLLM's <c>test_naive_block.py</c> and
/// <c>test_block_table.py</c> have it; the prompt is forked when it is computed.
/// </summary>
public class ForkScenarios
{
    private static readonly SchedulerConfig s_config = Scene.Of(blocks: 64, blockSize: 8);

    private static Scene Forked(int tokens)
    {
        var scene = new Scene(s_config);
        scene.Submit(new Request(
            new RequestId(0), Scene.Text(1, tokens), SamplingParams.Greedy, new StopRule())
        {
            Samples = 2,
        });
        scene.Step();
        return scene;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(129)]
    public void A_fork_takes_nothing_and_gives_both_the_same_blocks(int tokens)
    {
        var scene = Forked(tokens);
        Assert.Equal(scene.Table(0, sample: 0), scene.Table(0, sample: 1));
        Assert.Equal(64 - (tokens + 7) / 8, scene.Free);
        Assert.All(scene.Table(0), block => Assert.Equal([2], scene.References(block)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(129)]
    public void The_first_to_write_copies_an_unfilled_block_and_the_last_one_keeps_it(int tokens)
    {
        var scene = Forked(tokens);
        var before = scene.Table(0).ToArray();
        var plan = Assert.IsType<StepPlan>(scene.Plan());
        Assert.Equal(tokens % 8 == 0 ? 0 : 1, plan.Copies.Length);
        Assert.All(plan.Copies, copy =>
        {
            Assert.Equal(before[^1], copy.From.Value);
            Assert.DoesNotContain(copy.To.Value, before);
            Assert.Equal(copy.To.Value, scene.Table(0, sample: 0).Last());
            Assert.Equal(before, scene.Table(0, sample: 1));
        });

        // ceil(length / 8) shared, and for both together what each writes alone.
        var (shared, own) = (tokens / 8, (tokens + 1 + 7) / 8 - tokens / 8);
        Assert.Equal(64 - shared - 2 * own, scene.Free);
    }

    [Fact]
    public void Samples_that_went_apart_give_back_all_that_they_held()
    {
        var scene = Forked(129);
        for (var step = 0; step < 20; step++)
            scene.Step();
        Assert.NotEqual(scene.Table(0, sample: 0), scene.Table(0, sample: 1));
        scene.Cancel(0);
        Assert.Equal(64, scene.Free);
    }

    [Fact]
    public void The_blocks_of_one_sample_stay_until_the_other_is_over_too()
    {
        var scene = Forked(20);
        var free = scene.Free;
        scene.Cancel(0, sample: 0);
        Assert.Equal(free, scene.Free);
        Assert.All(
            scene.Table(0, sample: 1), block => Assert.Equal([1], scene.References(block)));
        scene.Cancel(0, sample: 1);
        Assert.Equal(64, scene.Free);
    }
}
