using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// When answers end. Each byte is a token here, so every stop string is many tokens.
/// </summary>
public sealed class StopTests
{
    [Theory]
    [InlineData("one STOP two", "STOP", "one ")]
    [InlineData("one STOOP STO", "STOP", "one STOOP STO")]
    [InlineData("aaab", "aab", "a")]
    [InlineData("été 🙂 fin", "🙂", "été ")]
    [InlineData("STOP", "STOP", "")]
    public async Task A_stop_string_ends_the_answer_before_it(
        string says, string stop, string expected)
    {
        await using var engine = ScriptedEngine.Create(_ => says);
        var options = new ChatOptions { StopSequences = [stop] };
        var response = await engine.Client.GetResponseAsync("go", options);
        var updates = await engine.Client.GetStreamingResponseAsync("go", options).ToListAsync();
        var streamed = updates.ToChatResponse();
        Assert.Equal(expected, response.Text);
        Assert.Equal(expected, streamed.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        Assert.Equal(response.Usage!.OutputTokenCount, streamed.Usage!.OutputTokenCount);
        Assert.Equal(
            expected == says ? null : stop,
            ((PagedLlmResult)response.RawRepresentation!).StopString);
        Assert.Equal(0, engine.Engine.Snapshot.BlocksLive);
    }

    [Fact]
    public async Task Usage_counts_up_to_the_token_that_completed_the_stop_string()
    {
        await using var engine = ScriptedEngine.Create(_ => "one STOP " + new string('x', 500));
        var response = await engine.Client.GetResponseAsync(
            "go", new ChatOptions { StopSequences = ["STOP"] });
        Assert.Equal("one STOP".Length, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task No_piece_shows_the_beginning_of_a_stop_string_that_comes()
    {
        await using var engine = ScriptedEngine.Create(_ => "one STOP two");
        var shown = "";
        await foreach (var update in engine.Client.GetStreamingResponseAsync(
            "go", new ChatOptions { StopSequences = ["STOP"] }))
            Assert.DoesNotContain('S', shown += update.Text);
        Assert.Equal("one ", shown);
    }

    [Fact]
    public async Task A_token_limit_ends_the_answer_with_length()
    {
        await using var engine = ScriptedEngine.Create(_ => "many words");
        var response = await engine.Client.GetResponseAsync(
            "go", new ChatOptions { MaxOutputTokens = 4 });
        Assert.Equal("many", response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
        Assert.Equal("length", response.Messages[0].AdditionalProperties!["FinishReason"]);
        Assert.Equal(4, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task A_limit_within_a_character_gives_no_half_of_it_as_text()
    {
        await using var engine = ScriptedEngine.Create(_ => "a🙂");
        var options = new ChatOptions { MaxOutputTokens = 3 };
        var response = await engine.Client.GetResponseAsync("go", options);
        Assert.Equal("a\uFFFD", response.Text);
    }

    [Fact]
    public async Task A_stop_token_ends_the_answer_and_is_no_part_of_it()
    {
        await using var engine = ScriptedEngine.Create(_ => "abc.def");
        var response = await engine.Client.GetResponseAsync(
            "go",
            new ChatOptions
            {
                AdditionalProperties = new() { ["stop_token_ids"] = new[] { (int)'.' } },
            });
        Assert.Equal("abc", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task The_models_end_token_does_not_end_an_answer_that_ignores_it()
    {
        await using var engine = ScriptedEngine.Create(_ => "end");
        var response = await engine.Client.GetResponseAsync(
            "go",
            new ChatOptions
            {
                MaxOutputTokens = 10,
                AdditionalProperties = new() { ["ignore_eos"] = true },
            });
        Assert.Equal("endxxxxxx", response.Text);
        Assert.Equal(10, response.Usage!.OutputTokenCount);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task Neither_end_token_nor_stop_string_counts_before_the_minimum()
    {
        await using var engine = ScriptedEngine.Create(_ => "a.b.");
        var options = new ChatOptions
        {
            MaxOutputTokens = 10,
            StopSequences = ["."],
            AdditionalProperties = new() { ["min_tokens"] = 3 },
        };
        var response = await engine.Client.GetResponseAsync("go", options);
        Assert.Equal("a.b", response.Text);
        options.StopSequences = null;
        options.AdditionalProperties["min_tokens"] = 7;
        Assert.Equal("a.b.xxxxxx", (await engine.Client.GetResponseAsync("go", options)).Text);
    }
}
