using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Telemetry;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>
/// Chat calls that have too few blocks between them move to the host's memory and come back, and
/// no answer shows it.
/// </summary>
public sealed class SwapTests
{
    private const int Callers = 8;

    [Fact]
    public async Task Calls_without_room_swap_and_answer_as_they_do_with_room()
    {
        await using var roomy = Load(new() { KvBlocks = 512 });
        var model = $"swapping {Guid.NewGuid()}";
        using var told = new TelemetryListener(model);
        await using var tight = Load(new()
        {
            ModelId = model,
            KvBlocks = 32,
            HostCacheBytes = 64 << 20,
            PreemptionMode = PreemptionMode.Swap,
        });

        var expected = await Answers(roomy);
        Assert.Equal(expected, await Answers(tight));
        Assert.Equal(Callers, expected.Distinct().Count());
        Assert.Equal(0, roomy.Snapshot.Preemptions);

        var now = tight.Snapshot;
        Assert.InRange(now.HostBlocksTotal, 32, int.MaxValue);
        Assert.True(now.PreemptionsBySwap > 0, $"{now}");
        Assert.Equal(0, now.PreemptionsByRecompute);
        Assert.True(now.BlocksSwappedOut > 0, $"{now}");
        Assert.True(now.BlocksSwappedIn > 0, $"{now}");
        Assert.Equal((0, 0, 0), (now.BlocksLive, now.HostBlocksLive, now.Swapped));
        // Who comes back is not computed again.
        Assert.Equal(roomy.Snapshot.PrefillTokens, now.PrefillTokens);
        told.Observe();
        Assert.Equal(now.BlocksSwappedOut, told.Of("skpaged.blocks.swapped_out")[^1].Value);
        Assert.Equal(now.BlocksSwappedIn, told.Of("skpaged.blocks.swapped_in")[^1].Value);
        Assert.Equal(
            now.PreemptionsBySwap,
            told.Of("skpaged.preemptions")
                .Last(one => Equals(one.Tags["skpaged.mode"], "swap")).Value);
    }

    // In float32 an answer does not depend on what is computed beside it.
    private static PagedLlmEngine Load(PagedLlmEngineOptions options) =>
        PagedLlmEngine.LoadEmbedded(
            options with { Device = EngineDevice.Cpu, DType = EngineDType.Float32 });

    private static async Task<IReadOnlyList<string?>> Answers(PagedLlmEngine engine)
    {
        var chat = new PagedLlmChatCompletionService(engine);
        var settings = new PagedLlmPromptExecutionSettings
        {
            MaxTokens = 100,
            IgnoreEos = true,
            Temperature = 1.2f,
            Seed = 5,
        };
        var answers = await Task.WhenAll(Enumerable.Range(0, Callers).Select(number =>
            chat.GetChatMessageContentAsync($"{number}. Who runs the Blue Anchor?", settings)));
        return [.. answers.Select(answer => answer.Content)];
    }
}
