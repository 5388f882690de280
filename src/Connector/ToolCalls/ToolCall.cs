using System.Text.Json;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.ToolCalls;

/// <summary>A call as the model wrote it.</summary>
/// <param name="Name">The tool's name.</param>
/// <param name="Arguments">By name, in the order written.</param>
internal sealed record ToolCall(
    string Name, IReadOnlyList<KeyValuePair<string, JsonElement>> Arguments)
{
    /// <summary>The id that the model gave it; null = none.</summary>
    public string? Id { get; init; }

    /// <summary>The call as the caller gets it.</summary>
    public FunctionCallContent ToContent(string callId) =>
        new(callId, Name, Arguments.ToDictionary(pair => pair.Key, object? (pair) => pair.Value));

    /// <summary>
    /// Reads <c>{"name": ..., "arguments": {...}}</c>, or "parameters" in place of "arguments".
    /// Arguments may be left out, or be a string that holds the object, as some models write it.
    /// Null for anything else.
    /// </summary>
    public static ToolCall? Parse(string json) =>
        ParseObject(json) is { } call && NameOf(call) is { } name
            ? WithId(
                ArgumentsOf(call) is { } arguments ? Of(name, arguments) : new ToolCall(name, []),
                call)
            : null;

    /// <summary>
    /// Reads the same where nothing but the keys marks a call: it must have no other keys than
    /// these, and arguments.
    /// </summary>
    public static ToolCall? Parse(string json, IReadOnlyCollection<string> onlyOf) =>
        ParseObject(json) is { } call && NameOf(call) is { } name
        && ArgumentsOf(call) is { } arguments
        && call.EnumerateObject().All(property => onlyOf.Contains(property.Name))
            ? WithId(Of(name, arguments), call)
            : null;

    /// <summary>A call of a tool whose arguments are a JSON object; null if it is none.</summary>
    public static ToolCall? ParseArguments(string name, string? id, string json) =>
        ParseObject(json) is { } arguments && Of(name, arguments) is { } call
            ? call with { Id = id }
            : null;

    private static string? NameOf(JsonElement call) =>
        call.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String
        && name.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static JsonElement? ArgumentsOf(JsonElement call) =>
        call.TryGetProperty("arguments", out var arguments)
        || call.TryGetProperty("parameters", out arguments)
            ? arguments
            : null;

    private static ToolCall? Of(string name, JsonElement arguments) =>
        arguments.ValueKind switch
        {
            JsonValueKind.Object => arguments,
            JsonValueKind.String => ParseObject(arguments.GetString()!),
            _ => null,
        } is { } values
            ? new ToolCall(name, Pairs(values))
            : null;

    // A name that stands there twice means its last value, as everywhere in JSON.
    private static KeyValuePair<string, JsonElement>[] Pairs(JsonElement values)
    {
        var pairs = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in values.EnumerateObject())
            pairs[property.Name] = property.Value;
        return [.. pairs];
    }

    private static ToolCall? WithId(ToolCall? read, JsonElement call) =>
        call.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? read is null ? null : read with { Id = id.GetString() }
            : read;

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
