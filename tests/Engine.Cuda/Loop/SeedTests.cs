using System.Collections.Concurrent;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Every request runs with a seed: its own, or one drawn for it.</summary>
public sealed class SeedTests
{
    [Fact]
    public async Task The_same_source_draws_the_same_seeds_and_another_other_ones()
    {
        var seeds = await SeedsDrawn(source: 7);

        Assert.Equal(100, seeds.Distinct().Count());
        Assert.Equal(seeds, await SeedsDrawn(source: 7));
        Assert.Empty(seeds.Intersect(await SeedsDrawn(source: 8)));
        Assert.NotEqual(await SeedsDrawn(source: null), await SeedsDrawn(source: null));
    }

    [Fact]
    public async Task A_request_that_brings_a_seed_keeps_it()
    {
        var config = Requests.Config();
        ulong? seen = null;
        using var loop = new EngineLoop(
            config, new SlotExecutor(config) { Before = plan => seen = plan.Samplings[0]!.Seed });

        await loop.Ask(Known.Of(promptTokens: 3, maxTokens: 1, seed: 42));

        Assert.Equal(42UL, seen);
    }

    private static async Task<ulong[]> SeedsDrawn(ulong? source)
    {
        var config = Requests.Config();
        var seeds = new ConcurrentQueue<ulong>();
        using var loop = new EngineLoop(
            config,
            new SlotExecutor(config)
            {
                Before = plan => seeds.Enqueue(plan.Samplings[0]!.Seed!.Value),
            },
            new EngineLoopOptions { SeedSource = source });
        for (var request = 0; request < 100; request++)
        {
            await using var generation = loop.Submit(
                Requests.Prompt(2), new SamplingParams(), new StopRule { MaxTokens = 1 });
            await generation.ReadToEnd();
        }

        return [.. seeds];
    }
}
