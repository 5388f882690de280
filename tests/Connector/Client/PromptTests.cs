using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>What a conversation is to the model, and what must never become a token.</summary>
public sealed class PromptTests
{
    private static readonly AITool Weather = AIFunctionFactory.Create(
        (string city) => $"rain in {city}", "weather", "Tells the weather.");

    [Fact]
    public void Instructions_and_a_system_message_give_the_same_tokens() =>
        Assert.Equal(
            Prompts.Tokens([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi")]),
            Prompts.Tokens([new(ChatRole.User, "Hi")], new() { Instructions = "Be brief." }));

    [Fact]
    public void Instructions_come_before_the_system_message_in_one_turn() =>
        Assert.StartsWith(
            "<|im_start|>system\nFirst.\n\nSecond.<|im_end|>\n<|im_start|>user\n",
            Prompts.Text(
                [new(ChatRole.System, "Second."), new(ChatRole.User, "Hi")],
                new() { Instructions = "First." }));

    [Fact]
    public void A_developer_message_is_a_system_message() =>
        Assert.Equal(
            Prompts.Tokens([new(ChatRole.System, "Be brief."), new(ChatRole.User, "Hi")]),
            Prompts.Tokens(
                [new(new ChatRole("developer"), "Be brief."), new(ChatRole.User, "Hi")]));

    [Fact]
    public void Neighbours_of_one_role_become_one_turn()
    {
        var apart = Prompts.Text(
        [
            new(ChatRole.User, "one"), new(ChatRole.User, "two"),
            new(ChatRole.Assistant, "three"), new(ChatRole.Assistant, "four"),
            new(ChatRole.User, "five"),
        ]);
        Assert.Equal(
            "<|im_start|>user\none\n\ntwo<|im_end|>\n"
            + "<|im_start|>assistant\nthree\n\nfour<|im_end|>\n"
            + "<|im_start|>user\nfive<|im_end|>\n<|im_start|>assistant\n",
            apart);
    }

    [Fact]
    public void Text_contents_of_one_message_are_one_text() =>
        Assert.Equal(
            Prompts.Tokens([new(ChatRole.User, "onetwo")]),
            Prompts.Tokens(
                [new(ChatRole.User, [new TextContent("one"), new TextContent("two")])]));

    [Fact]
    public void Names_and_ids_never_become_tokens()
    {
        ChatMessage[] named =
        [
            new(ChatRole.User, "Hi") { AuthorName = "Ann", MessageId = "17" },
            Call("call_8d1c", "weather", "Oslo"),
            Result("call_8d1c", "rain"),
        ];
        ChatMessage[] bare =
        [
            new(ChatRole.User, "Hi"), Call("0", "weather", "Oslo"), Result("0", "rain"),
        ];
        Assert.Equal(Prompts.Tokens(bare, Tools()), Prompts.Tokens(named, Tools()));
        Assert.DoesNotContain("8d1c", Prompts.Text(named, Tools()));
    }

    [Fact]
    public void Two_messages_with_text_and_call_are_the_message_that_has_both()
    {
        var text = new ChatMessage(ChatRole.Assistant, "Let me look.");
        var both = new ChatMessage(
            ChatRole.Assistant,
            [new TextContent("Let me look."), Call("1", "weather", "Oslo").Contents[0]]);
        Assert.Equal(
            Prompts.Tokens([new(ChatRole.User, "?"), both, Result("1", "rain")], Tools()),
            Prompts.Tokens(
                [new(ChatRole.User, "?"), text, Call("1", "weather", "Oslo"), Result("1", "rain")],
                Tools()));
    }

    [Fact]
    public void A_result_that_stands_there_twice_is_rendered_once()
    {
        var twice = new ChatMessage(
            ChatRole.Tool, [new TextContent("rain"), new FunctionResultContent("1", "rain")]);
        ChatMessage[] before = [new(ChatRole.User, "?"), Call("1", "weather", "Oslo")];
        Assert.Equal(
            Prompts.Tokens([.. before, Result("1", "rain")], Tools()),
            Prompts.Tokens([.. before, twice], Tools()));
    }

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData(12, "12")]
    [InlineData(true, "true")]
    [InlineData(null, "")]
    public void A_result_is_text_as_it_is_and_all_else_is_json(object? result, string expected) =>
        Assert.Contains($"<|im_start|>tool\n{expected}<|im_end|>", Prompts.Text(
            [new(ChatRole.User, "?"), Call("1", "weather", "Oslo"), Result("1", result)], Tools()));

    [Fact]
    public void A_result_that_is_an_object_is_compact_json() =>
        Assert.Contains("tool\n{\"city\":\"Zürich\",\"days\":[1,2]}<", Prompts.Text(
        [
            new(ChatRole.User, "?"),
            Call("1", "weather", "Oslo"),
            Result("1", new { city = "Zürich", days = new[] { 1, 2 } }),
        ],
        Tools()));

    [Fact]
    public void Tools_are_shown_in_their_order_and_in_one_form()
    {
        var other = AIFunctionFactory.Create((int a) => a, "other", "Other.");
        var text = Prompts.Text([new(ChatRole.User, "?")], new() { Tools = [Weather, other] });
        Assert.Contains(
            """
            {"type": "function", "function": {"name": "weather",
             "description": "Tells the weather.",
             "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
             "required": ["city"]}}}
            """.ReplaceLineEndings(""),
            text);
        Assert.True(text.IndexOf("weather", StringComparison.Ordinal)
            < text.IndexOf("other", StringComparison.Ordinal));
    }

    [Fact]
    public void Tools_that_must_not_be_called_are_not_shown() =>
        Assert.Equal(
            Prompts.Tokens([new(ChatRole.User, "?")]),
            Prompts.Tokens(
                [new(ChatRole.User, "?")],
                new() { Tools = [Weather], ToolMode = ChatToolMode.None }));

    [Fact]
    public void The_same_request_always_gives_the_same_tokens()
    {
        ChatMessage[] messages =
            [new(ChatRole.User, "?"), Call("a", "weather", "Oslo"), Result("a", 1)];
        Assert.Equal(Prompts.Tokens(messages, Tools()), Prompts.Tokens(messages, Tools()));
    }

    [Fact]
    public void Thinking_is_switched_off_by_the_template()
    {
        var off = new ChatOptions { AdditionalProperties = new() { ["enable_thinking"] = false } };
        Assert.EndsWith("<think></think>", Prompts.Text([new(ChatRole.User, "?")], off));
        Assert.EndsWith("assistant\n", Prompts.Text([new(ChatRole.User, "?")]));
    }

    private static ChatOptions Tools() => new() { Tools = [Weather] };

    private static ChatMessage Call(string id, string name, string city) =>
        new(
            ChatRole.Assistant,
            [
                new FunctionCallContent(
                    id, name, new Dictionary<string, object?> { ["city"] = city }),
            ]);

    private static ChatMessage Result(string id, object? result) =>
        new(ChatRole.Tool, [new FunctionResultContent(id, result)]);
}
