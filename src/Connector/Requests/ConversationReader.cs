using Microsoft.Extensions.AI;
using SkPaged.Connector.Responses;

namespace SkPaged.Connector.Requests;

/// <summary>Messages and instructions -> turns.</summary>
internal static class ConversationReader
{
    /// <summary>
    /// The turns of a conversation. Instructions are system text before all else: alone they give
    /// the same turn as a system message of that text. Author names and message ids are dropped.
    /// </summary>
    /// <exception cref="ChatRequestException">
    /// There is nothing to answer, or an unknown role.
    /// </exception>
    /// <exception cref="UnsupportedContentException">
    /// A message holds something else than text.
    /// </exception>
    public static IReadOnlyList<Turn> Read(
        IReadOnlyList<ChatMessage> messages, string? instructions)
    {
        var system = string.IsNullOrEmpty(instructions)
            ? []
            : (Turn[])[new Turn(Turn.System, instructions)];
        if (messages.Count == 0 && system.Length == 0)
            throw new ChatRequestException("There are no messages; at least 1 is needed.");
        var turns = Turn.Merge(system.Concat(messages.SelectMany(Turns)));
        return turns.All(turn => turn.IsEmpty)
            ? throw new ChatRequestException(
                $"All of the {messages.Count} messages are empty; at least 1 must hold something.")
            : turns;
    }

    private static IEnumerable<Turn> Turns(ChatMessage message, int index)
    {
        if (message is null)
            throw new ChatRequestException($"Message {index} is null.");
        foreach (var content in message.Contents)
            CheckSupported(content, index, message.Role);
        var role = Role(message, index);
        return role == Turn.Tool ? ToolTurns(message)
            : message.Contents.OfType<FunctionResultContent>().Any()
                ? ToolTurns(message).Append(Spoken(message, role)).Where(turn => !turn.IsEmpty)
            : [Spoken(message, role)];
    }

    private static string Role(ChatMessage message, int index) =>
        message.Role.Value.ToUpperInvariant() switch
        {
            "SYSTEM" or "DEVELOPER" => Turn.System,
            "USER" => Turn.User,
            "ASSISTANT" => Turn.Assistant,
            "TOOL" => Turn.Tool,
            _ => throw new ChatRequestException(
                $"Message {index} has the role \"{message.Role.Value}\"; it must be system, "
                + "developer, user, assistant or tool."),
        };

    private static Turn Spoken(ChatMessage message, string role) =>
        new(role, message.Text)
        {
            Reasoning = string.Concat(
                message.Contents.OfType<TextReasoningContent>().Select(content => content.Text)),
            Calls = [.. message.Contents.OfType<FunctionCallContent>()],
            Generated = role == Turn.Assistant
                ? GeneratedTurn.Read(
                    message.AdditionalProperties?.GetValueOrDefault(PropertyNames.GeneratedTurn))
                : null,
        };

    // Some histories carry a result twice, as result and as text: then the text is left out.
    private static IEnumerable<Turn> ToolTurns(ChatMessage message)
    {
        var results = message.Contents.OfType<FunctionResultContent>().ToList();
        foreach (var result in results)
            yield return new Turn(Turn.Tool, ContentJson.Result(result))
            {
                AnsweredCall = result.CallId,
            };
        if (results.Count == 0)
            yield return new Turn(Turn.Tool, message.Text);
    }

    private static void CheckSupported(AIContent content, int index, ChatRole role)
    {
        var kind = content switch
        {
            TextContent or TextReasoningContent or UsageContent => null,
            FunctionCallContent or FunctionResultContent => null,
            DataContent data => data.MediaType,
            UriContent uri => uri.MediaType,
            null => "null",
            _ => content.GetType().Name,
        };
        if (kind is not null)
            throw new UnsupportedContentException(kind, index, role.Value);
    }
}
