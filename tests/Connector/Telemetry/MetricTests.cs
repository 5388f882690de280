using System.Text.RegularExpressions;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Cuda;
using Xunit;

namespace SkPaged.Connector.Tests.Telemetry;

/// <summary>All metrics of a model, by the names and units that docs/telemetry.md says.</summary>
public sealed partial class MetricTests
{
    private readonly string _model = $"metered {Guid.NewGuid()}";

    [Fact]
    public async Task The_documented_metrics_are_those_that_a_listener_hears()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { ModelId = _model, MaxSequences = 1, MaxWaiting = 1 });
        using var turnstile = new Turnstile(engine.Executor);
        var chat = new PagedLlmChatCompletionService(engine.Engine);
        var first = Stream(chat, new string('a', 500));
        await turnstile.Arrived();

        // One runs, one may wait, and the next step finds one more.
        Task[] more = [Stream(chat, "b"), Stream(chat, "c")];
        turnstile.Pass();
        await turnstile.PassUntil(() => told.Of("skpaged.requests.rejected").Count > 0);
        turnstile.Open();
        await Task.WhenAll([first, .. more]);
        told.Observe();

        var heard = told.All.Select(measured => (measured.Name, measured.Unit)).Distinct();
        Assert.Equal(
            Documented().Select(row => $"{row.Name} {row.Unit}").Order(),
            heard.Select(row => $"{row.Name} {row.Unit}").Order());
    }

    [Fact]
    public async Task The_engine_tells_chats_from_raw_prompts()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = ScriptedEngine.Create(_ => "abcd", new() { ModelId = _model });
        await new PagedLlmChatCompletionService(engine.Engine).GetChatMessageContentAsync("Hi");
        await new PagedLlmTextGenerationService(engine.Engine).GetTextContentsAsync("Hi");

        foreach (var name in (string[])
            ["request.duration", "time_to_first_token", "time_per_output_token"])
        {
            var measured = told.Of($"gen_ai.server.{name}");
            Assert.Equal(
                ["chat", "text_completion"],
                measured.Select(one => one.Tags["gen_ai.operation.name"]));
            Assert.All(measured, one => Assert.True(one.Value > 0));
            Assert.All(measured, one => Assert.False(one.Tags.ContainsKey("error.type")));
        }
    }

    [Fact]
    public async Task Levels_and_shares_are_those_of_the_engine()
    {
        using var told = new TelemetryListener(_model);
        await using var engine = ScriptedEngine.Create(
            ScriptedEngine.LastUser, new() { ModelId = _model });
        var chat = new PagedLlmChatCompletionService(engine.Engine);
        var words = string.Concat(Enumerable.Repeat("many words. ", 20));
        await chat.GetChatMessageContentAsync(words);
        await chat.GetChatMessageContentAsync(words);
        told.Observe();

        var now = engine.Engine.Snapshot;
        Assert.InRange(now.PrefixHitRate, 0.4, 0.6);
        Assert.Equal(now.PrefixHitRate, told.Of("skpaged.prefix_cache.hit_rate")[^1].Value);
        Assert.Equal(0, told.Of("skpaged.requests.running")[^1].Value);
        Assert.Equal(0, told.Of("skpaged.blocks.live")[^1].Value);
        Assert.Equal(now.BlocksCached, told.Of("skpaged.blocks.cached")[^1].Value);
        Assert.Equal(now.BlocksFree, told.Of("skpaged.blocks.free")[^1].Value);
        Assert.Equal(
            now.PrefillTokens + now.DecodeTokens,
            told.Of("skpaged.step.tokens").Sum(one => one.Value));
    }

    private static async Task Stream(PagedLlmChatCompletionService chat, string prompt)
    {
        try
        {
            await foreach (var _ in chat.GetStreamingChatMessageContentsAsync(prompt))
            {
            }
        }
        catch (EngineOverloadedException)
        {
            // Measured too.
        }
    }

    private static IEnumerable<(string Name, string Unit)> Documented() =>
        Rows().Matches(File.ReadAllText(Repository.File("docs/telemetry.md")))
            .Select(row => (row.Groups[1].Value, row.Groups[2].Value));

    // | `name` | unit | ... as metrics have it; the tables of spans have no unit in backticks.
    [GeneratedRegex(@"^\| `([a-z_.]+)` \| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
