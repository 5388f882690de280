using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Tests.Scripted;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

/// <summary>
/// Conversations with tools, given as chat messages, are to models of Llama's and Mistral's kind
/// what Jinja2 makes of them as transformers calls it: Data/make-tool-goldens.py.
/// </summary>
public sealed class ToolGoldenTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var row in Rows())
                cases.Add(Text(row, "family"), Text(row, "case"));
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_conversation_with_tools_renders_as_in_transformers(string family, string name)
    {
        var row = Rows().Single(
            row => Text(row, "family") == family && Text(row, "case") == name);
        Assert.Equal(Text(row, "rendered"), Rendered(row, Text(row, "template")));
    }

    [Theory]
    [InlineData("llama3.1", ToolCallFamily.Llama)]
    [InlineData("mistral nemo", ToolCallFamily.Mistral)]
    public void The_family_is_known_by_its_template(string family, ToolCallFamily expected)
    {
        var template = Text(Rows().First(row => Text(row, "family") == family), "template");
        Assert.Equal(
            SkPaged.Connector.ToolCalls.ToolCallFormat.Of(template, expected),
            SkPaged.Connector.ToolCalls.ToolCallFormat.Of(template));
    }

    // The templates themselves, which are not kept here: Data/make-published.py of ToolCalls puts
    // them there. Newer ones of Mistral, of Llama 3.1 and of Qwen.
    [SkippableFact]
    public void A_published_template_renders_conversations_with_tools_as_in_transformers()
    {
        var folder = Repository.File("artifacts/published");
        Skip.IfNot(Directory.Exists(folder), $"the published templates are not in {folder}");
        var rows = JsonElement.Parse(File.ReadAllText(Path.Combine(folder, "expected.json")))
            .EnumerateArray().ToList();
        Assert.True(rows.Count >= 40, $"{rows.Count} rows only");
        Assert.All(rows, row => Assert.Equal(
            Text(row, "rendered"),
            Rendered(
                row, File.ReadAllText(Path.Combine(folder, Text(row, "template") + ".jinja")))));
    }

    private static string Rendered(JsonElement row, string template)
    {
        var options = new ChatOptions
        {
            Tools = [.. row.GetProperty("tools").EnumerateArray().Select(Tool)],
        };
        var prompt = Prompts.Build(
            Messages(row.GetProperty("messages")), options, template: template).Prompt;
        return ByteTokenizer.Instance.Decode(prompt.AsSpan(), skipSpecialTokens: false);
    }

    // Ids as callers have them: each call another one, and none that means anything.
    private static List<ChatMessage> Messages(JsonElement messages)
    {
        List<ChatMessage> read = [];
        Dictionary<string, string> ids = [];
        foreach (var message in messages.EnumerateArray())
        {
            List<AIContent> contents = [];
            if (message.TryGetProperty("tool_call_id", out var answered))
                contents.Add(new FunctionResultContent(
                    ids[answered.GetString()!], Text(message, "content")));
            else if (Text(message, "content").Length > 0)
                contents.Add(new TextContent(Text(message, "content")));
            if (message.TryGetProperty("tool_calls", out var calls))
                foreach (var call in calls.EnumerateArray())
                {
                    var id = ids[Text(call, "id")] = Guid.NewGuid().ToString();
                    contents.Add(Call(id, call.GetProperty("function")));
                }

            read.Add(new ChatMessage(new ChatRole(Text(message, "role")), contents));
        }

        return read;
    }

    private static FunctionCallContent Call(string id, JsonElement function) =>
        new(
            id,
            Text(function, "name"),
            function.GetProperty("arguments").EnumerateObject()
                .ToDictionary(argument => argument.Name, object? (argument) => argument.Value));

    private static AIFunctionDeclaration Tool(JsonElement tool)
    {
        var function = tool.GetProperty("function");
        return AIFunctionFactory.CreateDeclaration(
            Text(function, "name"),
            Text(function, "description"),
            function.GetProperty("parameters").Clone());
    }

    private static string Text(JsonElement json, string name) =>
        json.GetProperty(name).GetString()!;

    private static JsonElement[] Rows([CallerFilePath] string here = "") =>
    [
        .. JsonElement.Parse(File.ReadAllText(
            Path.Combine(Path.GetDirectoryName(here)!, "Data", "tool-goldens.json")))
            .EnumerateArray(),
    ];
}
