using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// Conversations given as chat messages are to the model what transformers makes of them with the
/// model's own template. (Byte tokens: decoded, a prompt is the rendered text.)
/// </summary>
public sealed class GoldenConversationTests
{
    [SkippableTheory]
    [InlineData("qwen3", 10)]
    [InlineData("llama3_1", 6)]
    public void Messages_render_as_in_transformers(string model, int casesAtLeast)
    {
        var template = Json("tokenizers", model, "tokenizer_config.json")
            .GetProperty("chat_template").GetString()!;
        var cases = Json("chat-templates", "expected.json").EnumerateArray()
            .Where(row => row.GetProperty("tokenizer").GetString() == model)
            .Where(row => Input(row).GetProperty("add_generation_prompt").GetBoolean())
            .Where(row => model == "qwen3" || !Input(row).TryGetProperty("tools", out _))
            .ToList();
        Assert.True(cases.Count >= casesAtLeast, $"{cases.Count} cases");
        foreach (var row in cases)
        {
            var input = Input(row);
            var request = Prompts.Build(
                [.. input.GetProperty("messages").EnumerateArray().Select(Message)],
                Options(input),
                template: template);
            Assert.Equal(
                row.GetProperty("rendered").GetString()!.Replace("<|begin_of_text|>", "<|begin|>"),
                ByteTokenizer.Instance.Decode(request.Prompt.AsSpan(), skipSpecialTokens: false));
        }
    }

    private static JsonElement Input(JsonElement row) => row.GetProperty("input");

    private static ChatOptions Options(JsonElement input) =>
        new()
        {
            Tools = input.TryGetProperty("tools", out var tools)
                ? [.. tools.EnumerateArray().Select(tool => new Tool(tool.GetProperty("function")))]
                : null,
            AdditionalProperties = input.TryGetProperty("enable_thinking", out var thinking)
                ? new() { ["enable_thinking"] = thinking.GetBoolean() }
                : null,
        };

    private static ChatMessage Message(JsonElement message)
    {
        var text = message.GetProperty("content").GetString()!;
        var role = new ChatRole(message.GetProperty("role").GetString()!);
        List<AIContent> contents = role == ChatRole.Tool
            ? [new FunctionResultContent("id", text)]
            : [new TextContent(text)];
        if (message.TryGetProperty("tool_calls", out var calls))
            contents.AddRange(calls.EnumerateArray().Select(Call));
        return new ChatMessage(role, contents);
    }

    private static FunctionCallContent Call(JsonElement call, int index)
    {
        var function = call.GetProperty("function");
        return new FunctionCallContent(
            $"call-{index}",
            function.GetProperty("name").GetString()!,
            function.GetProperty("arguments").EnumerateObject()
                .ToDictionary(argument => argument.Name, object? (argument) => argument.Value));
    }

    private static JsonElement Json(params string[] path)
    {
        var file = Path.Combine([Root(), "..", "shared", "data", .. path]);
        Skip.IfNot(File.Exists(file), $"no reference data at {file}");
        return JsonElement.Parse(File.ReadAllText(file));
    }

    // tests/Connector/Client/GoldenConversationTests.cs -> the repository's root
    private static string Root([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));

    private sealed class Tool(JsonElement function) : AIFunctionDeclaration
    {
        public override string Name => function.GetProperty("name").GetString()!;

        public override string Description => function.GetProperty("description").GetString()!;

        public override JsonElement JsonSchema => function.GetProperty("parameters");
    }
}
