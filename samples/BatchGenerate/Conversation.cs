using System.Text.Json;
using System.Text.Json.Nodes;

namespace SkPaged.BatchGenerate;

/// <summary>Messages and tools: a template would show anything, so they are checked here.</summary>
internal static class Conversation
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    /// <summary>A conversation that a chat template can show.</summary>
    /// <exception cref="LineException">
    /// There are no messages, a role is unknown, a content is no text, a tool is no function, or
    /// its schema is none.
    /// </exception>
    public static PromptSource.Chat Checked(JsonArray messages, JsonArray? tools)
    {
        if (messages.Count == 0)
            throw Wrong("messages is empty; at least one is needed.");
        foreach (var (index, message) in messages.Index())
            CheckMessage(index, message);
        foreach (var (index, tool) in (tools ?? []).Index())
            CheckTool(index, tool);
        return new PromptSource.Chat(messages, tools);
    }

    private static void CheckMessage(int index, JsonNode? message)
    {
        if (message is not JsonObject fields)
            throw Wrong($"messages[{index}] is {Shown(message)}; it must be an object.");
        if (TextOf(fields["role"]) is not { } role || !Roles.Contains(role))
            throw Wrong(
                $"messages[{index}] has the role {Shown(fields["role"])}; it must be one of "
                + $"{string.Join(", ", Roles)}.");
        if (fields["content"] is not (null or JsonArray) && TextOf(fields["content"]) is null)
            throw Wrong(
                $"messages[{index}] has the content {Shown(fields["content"])}; it must be a "
                + "string or a list of parts.");
    }

    private static void CheckTool(int index, JsonNode? tool)
    {
        if ((tool as JsonObject)?["function"] is not JsonObject function
            || TextOf(function["name"]) is not { Length: > 0 } name)
            throw Wrong(
                $"tools[{index}] is {Shown(tool)}; it must be "
                + "{\"type\": \"function\", \"function\": {\"name\": ..., ...}}.");
        if (function["parameters"] is { } schema and not JsonObject)
            throw Wrong(
                $"The schema of the tool \"{name}\" is {Shown(schema)}; it must be an object.");
        if (function["parameters"]?["type"] is { } type && TextOf(type) != "object")
            throw Wrong(
                $"The schema of the tool \"{name}\" has the type {Shown(type)}; it must be "
                + "\"object\".");
    }

    private static string? TextOf(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String
            ? value.GetValue<string>()
            : null;

    private static string Shown(JsonNode? node) =>
        node?.ToJsonString() is { } text
            ? text.Length > 80 ? $"{text[..80]}..." : text
            : "null";

    private static LineException Wrong(string message) => new("invalid_value", message);
}
