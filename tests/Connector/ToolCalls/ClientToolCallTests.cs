using System.Text.Json;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

public sealed class ClientToolCallTests
{
    private const string Call =
        "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Zürich\"}}\n</tool_call>";

    private static readonly AITool Weather = AIFunctionFactory.Create(
        (string city) => $"rain in {city}", "weather", "Tells the weather.");

    [Fact]
    public async Task A_call_is_a_content_of_its_own_and_the_reason_why_the_answer_ended()
    {
        await using var engine = ScriptedEngine.Create(_ => $"One moment.\n{Call}");
        var response = await engine.Client.GetResponseAsync("?", Tools());
        var message = response.Messages.Single();
        Assert.Equal("One moment.", message.Text);
        var call = Assert.IsType<FunctionCallContent>(message.Contents[1]);
        Assert.Equal("weather", call.Name);
        Assert.Equal("Zürich", ((JsonElement)call.Arguments!["city"]!).GetString());
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal("tool_calls", message.AdditionalProperties!["FinishReason"]);
    }

    [Fact]
    public async Task A_stream_gives_calls_whole_after_all_text_one_an_update()
    {
        await using var engine = ScriptedEngine.Create(_ => $"One moment.\n{Call}\n{Call}");
        var updates = await engine.Client.GetStreamingResponseAsync("?", Tools()).ToListAsync();
        var kinds = updates.Select(update => Assert.Single(update.Contents).GetType()).ToList();
        Assert.Equal(
            [typeof(FunctionCallContent), typeof(FunctionCallContent), typeof(UsageContent)],
            kinds.SkipWhile(kind => kind == typeof(TextContent)));
        Assert.Equal("One moment.", string.Concat(updates.Select(update => update.Text)));
        var ids = updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>()
            .Select(call => call.CallId).ToList();
        Assert.Equal(2, ids.Distinct().Count());
        Assert.Equal(ChatFinishReason.ToolCalls, updates[^1].FinishReason);
        var response = await engine.Client.GetResponseAsync("?", Tools());
        Assert.Equal(
            response.Messages.Single().Contents.Select(content => content.GetType()),
            updates.ToChatResponse().Messages.Single()
                .Contents.Select(content => content.GetType()));
    }

    [Fact]
    public async Task Without_tools_what_looks_like_a_call_is_text()
    {
        await using var engine = ScriptedEngine.Create(_ => Call);
        var response = await engine.Client.GetResponseAsync("?");
        Assert.Equal(Call, response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
        var forbidden = await engine.Client.GetResponseAsync(
            "?", new ChatOptions { Tools = [Weather], ToolMode = ChatToolMode.None });
        Assert.Equal(Call, forbidden.Text);
    }

    [Fact]
    public async Task Where_one_call_is_wanted_the_answer_ends_with_the_first()
    {
        await using var engine = ScriptedEngine.Create(_ => $"{Call}\n{Call}");
        var options = Tools();
        options.AllowMultipleToolCalls = false;
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.IsType<FunctionCallContent>(Assert.Single(response.Messages.Single().Contents));
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        Assert.Equal(
            ByteTokenizer.Instance.Encode(Call, false).Length, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task A_call_that_the_limit_cuts_off_is_text_and_the_reason_is_length()
    {
        await using var engine = ScriptedEngine.Create(_ => Call);
        var options = Tools();
        options.MaxOutputTokens = 20;
        var response = await engine.Client.GetResponseAsync("?", options);
        Assert.StartsWith("<tool_call>\n{\"name\"", response.Text);
        Assert.Equal(ChatFinishReason.Length, response.FinishReason);
    }

    [Fact]
    public async Task The_next_turn_repeats_the_tokens_of_the_call()
    {
        await using var engine = ScriptedEngine.Create(_ => $"One moment.\n{Call}");
        ChatMessage[] messages = [new(ChatRole.User, "?")];
        var response = await engine.Client.GetResponseAsync(messages, Tools());
        var result = (PagedLlmResult)response.RawRepresentation!;
        var next = Prompts.Tokens([.. messages, .. response.Messages], Tools());
        var soFar = Prompts.Tokens(messages, Tools()).Concat(result.OutputTokens);
        Assert.Equal(soFar, next.Take(soFar.Count()));
    }

    [Fact]
    public async Task Functions_are_invoked_by_the_abstractions_own_loop()
    {
        await using var engine = ScriptedEngine.Create(prompt =>
            prompt.Contains("<|im_start|>tool\n", StringComparison.Ordinal)
                ? $"It is: {ScriptedEngine.Last(prompt, "tool")}"
                : Call);
        var client = engine.Client.AsBuilder().UseFunctionInvocation().Build();
        var response = await client.GetResponseAsync("?", Tools());
        Assert.Equal("It is: rain in Zürich", response.Text);
        Assert.Equal(3, response.Messages.Count);
        var streamed = await client.GetStreamingResponseAsync("?", Tools()).ToChatResponseAsync();
        Assert.Equal("It is: rain in Zürich", streamed.Messages[^1].Text);
        Assert.Equal(
            response.Messages.Select(message => message.Role),
            streamed.Messages.Select(message => message.Role));
    }

    private static ChatOptions Tools() => new() { Tools = [Weather] };
}
