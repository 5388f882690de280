using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// Templates that take turns with calls in another way than most: without what was said beside the
/// calls, or with arguments as text. They are tried once, and given what they take.
/// </summary>
public sealed class CallShapeTests
{
    private const string Refuses =
        "{{- raise_exception('not both') if message.tool_calls and message.content }}";

    private static readonly ChatMessage[] s_messages =
    [
        new(ChatRole.User, "?"),
        new(ChatRole.Assistant,
        [
            new TextContent("Let me look."),
            new FunctionCallContent(
                "1", "look", new Dictionary<string, object?> { ["at"] = "Zürich", ["n"] = 2 }),
        ]),
        new(ChatRole.Tool, [new FunctionResultContent("1", "rain")]),
    ];

    [Fact]
    public void Where_a_turn_cannot_speak_and_call_it_calls()
    {
        var template = ChatMl.Template.Replace(
            "{{- '<|im_start|>' + message.role", Refuses + "{{- '<|im_start|>' + message.role");
        Assert.NotEqual(ChatMl.Template, template);
        Assert.Contains("Let me look.", Rendered(ChatMl.Template));
        Assert.DoesNotContain("Let me look.", Rendered(template));
        Assert.Contains("\"look\"", Rendered(template));
    }

    [Fact]
    public void Where_arguments_of_objects_would_be_escaped_they_are_given_as_text()
    {
        const string Given = "call.function.arguments";
        const string Write = $"{Given} | tojson";
        var template = ChatMl.Template.Replace(
            Write, $"{Given} if {Given} is string else {Write}|safe");
        Assert.NotEqual(ChatMl.Template, template);
        Assert.Contains("{\"at\": \"Zürich\", \"n\": 2}", Rendered(template));
        Assert.Equal(Rendered(ChatMl.Template), Rendered(template));
    }

    // It is tried only where there are calls: what it refuses then is not what it was asked.
    [Fact]
    public void A_template_that_refuses_calls_refuses_them_in_its_own_words()
    {
        var template = "{{- raise_exception('no calls') if messages | length > 1 }}ok";
        var error = Assert.Throws<ChatRequestException>(() => Rendered(template));
        Assert.Contains("no calls", error.Message);
        Assert.Equal(
            "ok", Text(Prompts.Build([new(ChatRole.User, "?")], template: template).Prompt));
    }

    private static string Rendered(string template) =>
        Text(Prompts.Build(s_messages, template: template).Prompt);

    private static string Text(
        System.Collections.Immutable.ImmutableArray<SkPaged.Engine.Pure.TokenId> tokens) =>
        ByteTokenizer.Instance.Decode(tokens.AsSpan(), skipSpecialTokens: false);
}
