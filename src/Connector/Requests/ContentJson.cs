using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;
using SkPaged.Connector.Templates;

namespace SkPaged.Connector.Requests;

/// <summary>Arguments and results of tools as the model reads them.</summary>
internal static class ContentJson
{
    // The defaults of the abstractions indent; prompts must not.
    private static readonly JsonSerializerOptions Compact =
        new(AIJsonUtilities.DefaultOptions) { WriteIndented = false };

    private static readonly ChatTemplate s_json = ChatTemplate.Compile("{{ value | tojson }}");

    /// <summary>The arguments of a call, in the order given.</summary>
    public static JsonObject Arguments(FunctionCallContent call)
    {
        var json = new JsonObject();
        foreach (var (name, value) in call.Arguments ?? new Dictionary<string, object?>())
            json[name] = Node(value);
        return json;
    }

    /// <summary>The arguments of a call as text.</summary>
    public static string ArgumentsText(FunctionCallContent call) =>
        Arguments(call).ToJsonString(Compact);

    /// <summary>The arguments of a call as text, spelled as templates spell them.</summary>
    /// <exception cref="ChatTemplateException">They are nested too deep.</exception>
    public static string TemplateText(FunctionCallContent call) =>
        s_json.Render(new JsonObject { ["value"] = Arguments(call) });

    /// <summary>The result of a call as text: texts as they are, all else as JSON.</summary>
    public static string Result(FunctionResultContent result) =>
        result.Result switch
        {
            Exception failure => $"Error: {failure.Message}",
            null when result.Exception is { } error => $"Error: {error.Message}",
            null => "",
            var value => TextOf(value),
        };

    /// <summary>A value as JSON on one line.</summary>
    public static string Text(JsonNode? value) => value?.ToJsonString(Compact) ?? "null";

    private static string TextOf(object value) =>
        value switch
        {
            string text => text,
            JsonElement { ValueKind: JsonValueKind.String } text => text.GetString()!,
            TextContent text => text.Text,
            IEnumerable<AIContent> contents => string.Concat(contents.OfType<TextContent>()),
            _ => Text(Node(value)),
        };

    private static JsonNode? Node(object? value) =>
        value switch
        {
            null => null,
            JsonNode node => node.DeepClone(),
            _ => JsonSerializer.SerializeToNode(value, value.GetType(), Compact),
        };
}
