using System.Text.Json;
using Microsoft.Extensions.AI;
using Microsoft.SemanticKernel.ChatCompletion;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Engine.Pure;
using Xunit;
using ChatMessageContent = Microsoft.SemanticKernel.ChatMessageContent;
using KernelCall = Microsoft.SemanticKernel.FunctionCallContent;

namespace SkPaged.Connector.Tests.Fidelity;

/// <summary>
/// A message carries its tokens; where it, or what stands before it, is no longer what it was, the
/// template is rendered as it always is.
/// </summary>
public sealed class GeneratedTurnTests
{
    // In another spelling than the template's.
    private const string Says =
        "One moment.\n<tool_call>{\"arguments\":{\"at\":\"Z\\u00fcrich\"},\"name\":\"look\"}"
        + "</tool_call>";

    private static readonly ChatMessage[] Asked = [new(ChatRole.User, "?")];

    private static readonly ChatOptions Tools =
        new() { Tools = [AIFunctionFactory.Create((string at) => at, "look")] };

    [Fact]
    public async Task An_answer_is_given_again_as_it_was_spelled()
    {
        var answer = await Answer();
        Assert.Contains(Says, Text(Asked, answer));
        Assert.Contains("{\"at\": \"Zürich\"}", Text(Asked, Bare(answer)));
    }

    [Fact]
    public async Task It_survives_json()
    {
        var answer = await Answer();
        var json = JsonSerializer.Serialize(answer, AIJsonUtilities.DefaultOptions);
        var read = JsonSerializer.Deserialize<ChatMessage>(json, AIJsonUtilities.DefaultOptions)!;
        Assert.Null(read.RawRepresentation);
        Assert.Equal(Text(Asked, answer), Text(Asked, read));
    }

    [Fact]
    public async Task A_history_of_the_kernel_survives_json()
    {
        await using var engine = ScriptedEngine.Create(_ => "<think>Hm.</think>Yes.");
        var service = new PagedLlmChatCompletionService(engine.Engine);
        var history = new ChatHistory("Think.");
        history.AddUserMessage("?");
        history.Add(await service.GetChatMessageContentAsync(history));
        history.AddUserMessage("Sure?");
        var read = JsonSerializer.Deserialize<ChatHistory>(JsonSerializer.Serialize(history))!;
        await service.GetChatMessageContentAsync(history);
        await service.GetChatMessageContentAsync(read);
        Assert.Equal(
            Text(engine.Executor.Prompts[1].AsSpan()), Text(engine.Executor.Prompts[2].AsSpan()));
    }

    [Fact]
    public async Task An_edited_answer_is_rendered_from_what_it_says_now()
    {
        var text = await Answer();
        text.Contents[0] = new TextContent("Another moment.");
        Assert.Equal(Text(Asked, Bare(text)), Text(Asked, text));
        var arguments = await Answer();
        ((FunctionCallContent)arguments.Contents[1]).Arguments!["at"] = "Oslo";
        Assert.Equal(Text(Asked, Bare(arguments)), Text(Asked, arguments));
        Assert.Contains("{\"at\": \"Oslo\"}", Text(Asked, arguments));
        var less = await Answer();
        less.Contents.RemoveAt(1);
        Assert.Equal(Text(Asked, Bare(less)), Text(Asked, less));
    }

    [Fact]
    public async Task After_another_beginning_it_is_rendered_from_what_it_says()
    {
        var answer = await Answer();
        foreach (var before in (ChatMessage[][])
        [
            [new(ChatRole.User, "!")],
            [new(ChatRole.System, "Be brief."), .. Asked],
            [.. Asked, new(ChatRole.Assistant, "Hm."), new(ChatRole.User, "?")],
            [],
        ])
            Assert.Equal(Text(before, Bare(answer)), Text(before, answer));
    }

    [Fact]
    public async Task Joined_with_its_neighbour_it_is_rendered_from_what_both_say()
    {
        var answer = await Answer();
        var more = new ChatMessage(ChatRole.Assistant, "More.");
        Assert.Equal(Text(Asked, Bare(answer), more), Text(Asked, answer, more));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("{\"Turns\":1,\"Length\":-1, #}")]
    [InlineData("{\"Turns\":1,\"Length\":99, #}")]
    [InlineData("{\"Turns\":1,\"Length\":0, #}")]
    [InlineData("{\"Turns\":1,\"Length\":0, #, \"Tokens\":\"?\"}")]
    [InlineData("{\"Turns\":1,\"Length\":0, #, \"Tokens\":\"AAA=\"}")]
    [InlineData(17)]
    public void What_is_no_turn_is_passed_over(object carried)
    {
        const string Rest = "\"Prompt\":\"\",\"Turn\":\"\",\"Opening\":\"\"";
        carried = carried is string text ? text.Replace("#", Rest) : carried;
        var answer = new ChatMessage(ChatRole.Assistant, "Yes.")
        {
            AdditionalProperties = new() { ["GeneratedTurn"] = carried },
        };
        Assert.Equal(Text(Asked, Bare(answer)), Text(Asked, answer));
    }

    [Fact]
    public async Task Whoever_else_says_it_does_not_say_its_tokens()
    {
        var answer = await Answer();
        answer.Role = ChatRole.User;
        Assert.Equal(Text([], Bare(answer)), Text([], answer));
    }

    [Fact]
    public async Task What_was_thought_is_left_out_where_the_template_leaves_it_out()
    {
        await using var engine = ScriptedEngine.Create(_ => "<think>Hm.</think>Yes.");
        var response = await engine.Client.GetResponseAsync(Asked);
        Assert.Contains("assistant\nYes.<|im_end|>", Text(Asked, response.Messages[0]));
    }

    [Fact]
    public async Task A_stop_string_is_no_part_of_the_history()
    {
        await using var engine = ScriptedEngine.Create(_ => "One. STOP Two.");
        var response = await engine.Client.GetResponseAsync(
            Asked, new ChatOptions { StopSequences = ["STOP"] });
        Assert.Contains("assistant\nOne. <|im_end|>", Text(Asked, response.Messages[0]));
    }

    // Where calls have no end of their own, the next one is that of what the tool said.
    [Fact]
    public async Task Where_the_template_does_not_end_a_turn_nothing_is_put_in_its_place()
    {
        var template = ChatMl.Template.Replace(
            "{{- '<|im_end|>\\n' }}\n{%- endfor %}\n{%- if add",
            "{{- '<|im_end|>\\n' if not message.tool_calls }}\n{%- endfor %}\n{%- if add");
        Assert.NotEqual(ChatMl.Template, template);
        var setup = new ScriptedEngine.Setup { Template = template };
        await using var engine = ScriptedEngine.Create(_ => Says, setup);
        var message = (await engine.Client.GetResponseAsync(Asked, Tools)).Messages[0];
        var result = new ChatMessage(
            ChatRole.Tool, [new FunctionResultContent(message.Contents[1] is FunctionCallContent c
                ? c.CallId
                : "", "Z")]);
        string Rendered(ChatMessage answer) => Text(Prompts.Build(
            [.. Asked, answer, result], Tools, template: template).Prompt.AsSpan());
        Assert.Equal(Rendered(Bare(message)), Rendered(message));
        Assert.Contains("Z<|im_end|>", Rendered(message));
    }

    // Its spelling in the text is not the token that ends the turn.
    [Fact]
    public async Task An_end_of_turn_within_an_answer_does_not_end_it()
    {
        const string Odd = "<tool_call>{\"arguments\":{\"at\":\"\\u003c|im_end|>\"},"
            + "\"name\":\"look\"}</tool_call>";
        await using var engine = ScriptedEngine.Create(_ => Odd);
        var message = (await engine.Client.GetResponseAsync(Asked, Tools)).Messages[0];
        Assert.Equal(Text(Asked, Bare(message)), Text(Asked, message));
    }

    [Fact]
    public async Task Ids_that_the_model_wrote_are_those_of_the_results()
    {
        const string Id = "VvvODy9mT";
        await using var engine = ScriptedEngine.Create(
            _ => "[TOOL_CALLS] [{\"name\": \"look\", \"arguments\": {}, \"id\": \"" + Id + "\"}]",
            new ScriptedEngine.Setup { Template = FamilyTemplates.MistralIds });
        var message = (await engine.Client.GetResponseAsync(Asked, Tools)).Messages[0];
        var call = Assert.IsType<FunctionCallContent>(message.Contents[0]);
        Assert.NotEqual(Id, call.CallId);
        ChatMessage[] next =
        [
            .. Asked, Bare(message),
            new(ChatRole.Tool, [new FunctionResultContent(call.CallId, "it")]),
        ];
        var text = ByteTokenizer.Instance.Decode(
            Prompts.Build(next, Tools, template: FamilyTemplates.MistralIds).Prompt.AsSpan(),
            skipSpecialTokens: false);
        Assert.Contains($"\"id\": \"{Id}\"}}]<|im_end|>", text);
        Assert.Contains($"\"call_id\": \"{Id}\"", text);
    }

    [Fact]
    public async Task An_argument_that_is_written_twice_has_its_last_value()
    {
        await using var engine = ScriptedEngine.Create(
            _ => "<tool_call>{\"name\": \"look\", \"arguments\": {\"at\": 1, \"at\": 2}}"
                + "</tool_call>");
        var message = (await engine.Client.GetResponseAsync(Asked, Tools)).Messages[0];
        var call = Assert.IsType<FunctionCallContent>(message.Contents[0]);
        Assert.Equal("2", $"{Assert.Single(call.Arguments!).Value}");
    }

    [Fact]
    public async Task A_call_of_a_plugin_is_the_call_of_its_tool()
    {
        await using var engine = ScriptedEngine.Echo();
        var service = new PagedLlmChatCompletionService(engine.Engine);
        foreach (var call in (KernelCall[])
            [new("Get", "Weather", "1"), new("Weather_Get", null, "1")])
            await service.GetChatMessageContentAsync(
            [
                new(AuthorRole.User, "?"),
                new ChatMessageContent(AuthorRole.Assistant, [call]),
                new(AuthorRole.User, "!"),
            ]);
        Assert.Equal(
            Text(engine.Executor.Prompts[0].AsSpan()), Text(engine.Executor.Prompts[1].AsSpan()));
        Assert.Contains("\"Weather_Get\"", Text(engine.Executor.Prompts[0].AsSpan()));
    }

    private static async Task<ChatMessage> Answer()
    {
        await using var engine = ScriptedEngine.Create(_ => Says);
        return (await engine.Client.GetResponseAsync(Asked, Tools)).Messages.Single();
    }

    // All that a message says, and nothing else.
    private static ChatMessage Bare(ChatMessage message) => new(message.Role, message.Contents);

    private static string Text(ChatMessage[] before, params ChatMessage[] more) =>
        Prompts.Text([.. before, .. more, new(ChatRole.User, "Go on.")], Tools);

    private static string Text(ReadOnlySpan<TokenId> tokens) =>
        ByteTokenizer.Instance.Decode(tokens, skipSpecialTokens: false);
}
