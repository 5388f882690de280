using System.Text.Json;

namespace SkPaged.Connector.ToolCalls;

/// <summary>A call as the model wrote it.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">By name, in the order written.</param>
internal sealed record ToolCall(
    string Name, IReadOnlyList<KeyValuePair<string, JsonElement>> Arguments)
{
    /// <summary>
    /// Reads <c>{"name": ..., "arguments": {...}}</c>. Arguments may be left out, or be a string
    /// that holds the object, as some models write it. Null for anything else.
    /// </summary>
    public static ToolCall? Parse(string json)
    {
        if (ParseObject(json) is not { } call
            || !call.TryGetProperty("name", out var name)
            || name.ValueKind != JsonValueKind.String
            || name.GetString() is not { Length: > 0 } text)
            return null;
        if (!call.TryGetProperty("arguments", out var arguments))
            return new ToolCall(text, []);
        var values = arguments.ValueKind switch
        {
            JsonValueKind.Object => arguments,
            JsonValueKind.String => ParseObject(arguments.GetString()!),
            _ => null,
        };
        return values is { } found
            ? new ToolCall(text, [.. found.EnumerateObject().Select(Pair)])
            : null;
    }

    private static KeyValuePair<string, JsonElement> Pair(JsonProperty property) =>
        KeyValuePair.Create(property.Name, property.Value);

    private static JsonElement? ParseObject(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
