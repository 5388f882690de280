using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using SkPaged.Connector.ToolCalls;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.ToolCalls;

/// <summary>
/// Each family's calls, through the whole client. (Their marks are special tokens.)
/// </summary>
public sealed class ToolCallFamilyTests
{
    private const string Oslo = "{\"city\": \"Oslo\"}";
    private const string Bergen = "{\"city\": \"Bergen\"}";

    private static readonly AITool Weather = AIFunctionFactory.Create(
        (string city) => $"rain in {city}", "weather", "Tells the weather.");

    private static readonly AITool Time = AIFunctionFactory.Create(() => "noon", "time");

    public static TheoryData<string, string, string, int> Answers => new()
    {
        { "Hermes", "One moment.", $"\n{Hermes(Oslo)}\n{Hermes(Bergen)}", 2 },
        { "Llama", "One moment.", $"<|python_tag|>{Llama(Oslo)}", 1 },
        { "Llama", "", Llama(Oslo), 1 },
        { "Mistral", "One moment.", $"[TOOL_CALLS] [{Mistral(Oslo)}, {Mistral(Bergen)}]", 2 },
        { "MistralNamed", "", Named(Oslo) + Named(Bergen), 2 },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task Text_and_calls_come_apart_streaming_or_not(
        string family, string text, string calls, int count)
    {
        await using var engine = Create(family, _ => text + calls);
        foreach (var response in (ChatResponse[])
        [
            await engine.Client.GetResponseAsync("?", Tools()),
            await engine.Client.GetStreamingResponseAsync("?", Tools()).ToChatResponseAsync(),
        ])
        {
            Assert.Equal(text, response.Text);
            Assert.Equal(
                new[] { "weather Oslo", "weather Bergen" }.Take(count), Calls(response));
            Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        }
    }

    [Theory]
    [InlineData(
        "Hermes",
        "<tool_call>\n{\"name\":",
        "<tool_call>\n{\"name\": \"weather\", \"arguments\":")]
    [InlineData("Llama", "{\"name\":", "{\"name\": \"weather\", \"parameters\":")]
    [InlineData(
        "Mistral",
        "[TOOL_CALLS] [{\"name\":",
        "[TOOL_CALLS] [{\"name\": \"weather\", \"arguments\":")]
    [InlineData("MistralNamed", "[TOOL_CALLS]", "[TOOL_CALLS]weather[ARGS]")]
    public async Task A_required_call_is_begun_for_the_model(
        string family, string any, string weather)
    {
        var call = family switch
        {
            "Hermes" => Hermes(Oslo),
            "Llama" => Llama(Oslo),
            "Mistral" => $"[TOOL_CALLS] [{Mistral(Oslo)}]",
            _ => Named(Oslo),
        };
        await using var engine = Create(
            family,
            prompt => call[prompt[(prompt.LastIndexOf("assistant\n") + 10)..].Length..]);
        foreach (var (name, opening) in ((string?, string)[])[(null, any), ("weather", weather)])
        {
            var options = Tools();
            options.Tools!.Add(Time);
            options.ToolMode = new RequiredChatToolMode(name);
            Assert.StartsWith(opening, call);
            Assert.Equal(
                ["weather Oslo"], Calls(await engine.Client.GetResponseAsync("?", options)));
            Assert.EndsWith(opening, Text(engine.Executor.Prompts[^1]));
        }
    }

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task The_next_turn_repeats_the_tokens_of_the_calls(
        string family, string text, string calls, int count)
    {
        // Llama's template leaves out the text of a turn with a call, and the tag.
        if (family == "Llama" && text.Length > 0)
            return;
        await using var engine = Create(family, _ => text + calls);
        ChatMessage[] messages = [new(ChatRole.User, "?")];
        var response = await engine.Client.GetResponseAsync(messages, Tools());
        Assert.Equal(count, Calls(response).Count());
        var result = (PagedLlmResult)response.RawRepresentation!;
        var soFar = Tokens(family, messages).Concat(result.OutputTokens);
        Assert.Equal(
            soFar, Tokens(family, [.. messages, .. response.Messages]).Take(soFar.Count()));
    }

    // Two calls in one turn could not be shown to the model again.
    [Fact]
    public async Task Where_the_template_takes_one_call_a_turn_the_answer_ends_with_the_first()
    {
        await using var engine = Create("Llama", _ => $"{Llama(Oslo)}; {Llama(Bergen)}");
        var response = await engine.Client.GetResponseAsync("?", Tools());
        Assert.Equal(["weather Oslo"], Calls(response));
        Assert.Equal(Llama(Oslo).Length, response.Usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Without_tools_marks_are_no_text_and_json_is()
    {
        await using var engine = Create("Llama", _ => $"<|python_tag|>{Llama(Oslo)}");
        var response = await engine.Client.GetResponseAsync("?");
        Assert.Equal(Llama(Oslo), response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public async Task A_broken_call_is_text_and_the_answer_has_stopped()
    {
        await using var engine = Create("MistralNamed", _ => "[TOOL_CALLS]weather[ARGS]{\"city\"}");
        var response = await engine.Client.GetResponseAsync("?", Tools());
        Assert.Equal("[TOOL_CALLS]weather[ARGS]{\"city\"}", response.Text);
        Assert.Equal(ChatFinishReason.Stop, response.FinishReason);
    }

    [Fact]
    public void The_template_shows_the_family_and_who_knows_better_says_so()
    {
        Assert.IsType<HermesFormat>(ToolCallFormat.Of(ChatMl.Template));
        Assert.Equal(new LlamaFormat(true), ToolCallFormat.Of(FamilyTemplates.Llama));
        Assert.Equal(new LlamaFormat(false), ToolCallFormat.Of("{{ '<|python_tag|>' }}"));
        Assert.Equal(
            new LlamaFormat(false),
            ToolCallFormat.Of("{{ \"{\\\"name\\\": \" + name + \", \\\"parameters\\\": \" }}"));
        Assert.Equal(new MistralFormat(false, " "), ToolCallFormat.Of(FamilyTemplates.Mistral));
        Assert.Equal(new MistralFormat(true, ""), ToolCallFormat.Of(FamilyTemplates.MistralNamed));
        Assert.Equal(new MistralFormat(false, ""), ToolCallFormat.Of("{{ '[TOOL_CALLS][' }}"));
        Assert.Null(ToolCallFormat.Of("{{ messages[0].content }}"));
        Assert.Equal(
            new MistralFormat(false, ""),
            ToolCallFormat.Of(ChatMl.Template, ToolCallFamily.Mistral));
        Assert.IsType<HermesFormat>(
            ToolCallFormat.Of(FamilyTemplates.Llama, ToolCallFamily.Hermes));
    }

    private static ScriptedEngine Create(string family, Func<string, string> script) =>
        ScriptedEngine.Create(script, new ScriptedEngine.Setup { Template = Template(family) });

    private static ImmutableArray<TokenId> Tokens(string family, ChatMessage[] messages) =>
        Prompts.Build(messages, Tools(), template: Template(family)).Prompt;

    private static string Text(ImmutableArray<TokenId> tokens) =>
        ByteTokenizer.Instance.Decode(tokens.AsSpan(), skipSpecialTokens: false);

    private static string Template(string family) =>
        family switch
        {
            "Hermes" => ChatMl.Template,
            "Llama" => FamilyTemplates.Llama,
            "Mistral" => FamilyTemplates.Mistral,
            _ => FamilyTemplates.MistralNamed,
        };

    private static IEnumerable<string> Calls(ChatResponse response) =>
        response.Messages.SelectMany(message => message.Contents).OfType<FunctionCallContent>()
            .Select(call => $"{call.Name} {(JsonElement)call.Arguments!["city"]!}");

    private static ChatOptions Tools() => new() { Tools = [Weather] };

    private static string Hermes(string arguments) =>
        $"<tool_call>\n{{\"name\": \"weather\", \"arguments\": {arguments}}}\n</tool_call>";

    private static string Llama(string arguments) =>
        $"{{\"name\": \"weather\", \"parameters\": {arguments}}}";

    private static string Named(string arguments) => $"[TOOL_CALLS]weather[ARGS]{arguments}";

    private static string Mistral(string arguments) =>
        $"{{\"name\": \"weather\", \"arguments\": {arguments}}}";
}
