using System.Text.Json.Nodes;
using Microsoft.Extensions.AI;

namespace SkPaged.Connector.Requests;

/// <summary>One turn of a conversation, as the chat template sees it.</summary>
/// <param name="Role">"system", "user", "assistant" or "tool".</param>
/// <param name="Text">What was said, or what the tool answered.</param>
internal sealed record Turn(string Role, string Text)
{
    public const string System = "system";
    public const string User = "user";
    public const string Assistant = "assistant";
    public const string Tool = "tool";

    /// <summary>What the assistant thought, if it is known.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>The assistant's calls, in order.</summary>
    public IReadOnlyList<FunctionCallContent> Calls { get; init; } = [];

    /// <summary>The call that a tool answers.</summary>
    public string? AnsweredCall { get; init; }

    /// <summary>
    /// The tokens that the turn was, where it is one message of the model; else null.
    /// </summary>
    public GeneratedTurn? Generated { get; init; }

    /// <summary>Whether nothing would be rendered but the turn's frame.</summary>
    public bool IsEmpty => Text.Length == 0 && Reasoning.Length == 0 && Calls.Count == 0;

    /// <summary>
    /// Neighbours of one role become one turn: some templates refuse repeated roles, and the same
    /// conversation must give the same tokens however it was cut into messages. Texts are joined by
    /// a blank line. Tool answers stay apart: each belongs to a call.
    /// </summary>
    public static IReadOnlyList<Turn> Merge(IEnumerable<Turn> turns)
    {
        List<Turn> merged = [];
        foreach (var turn in turns)
            if (merged is [.., var last] && last.Role == turn.Role && turn.Role != Tool)
                merged[^1] = last.Join(turn);
            else
                merged.Add(turn);
        return merged;
    }

    /// <summary>The turn as a Hugging Face message.</summary>
    /// <param name="calls">
    /// Names calls by their place, so that no random id becomes a token.
    /// </param>
    /// <param name="shape">How the template takes calls.</param>
    public JsonObject ToJson(CallOrdinals calls, CallShape shape)
    {
        var says = Calls.Count == 0 || shape.MaySpeak;
        var json = new JsonObject { ["role"] = Role, ["content"] = says ? Text : "" };
        if (Reasoning.Length > 0)
            json["reasoning_content"] = Reasoning;
        if (Calls.Count > 0)
            json["tool_calls"] =
                new JsonArray([.. Calls.Select(call => ToJson(call, calls, shape))]);
        if (AnsweredCall is { } answered)
        {
            json["tool_call_id"] = calls.IdOf(answered);
            if (calls.NameOf(answered) is { } name)
                json["name"] = name;
        }

        return json;
    }

    private static JsonObject ToJson(
        FunctionCallContent call, CallOrdinals calls, CallShape shape) =>
        new()
        {
            ["type"] = "function",
            ["id"] = calls.Add(call),
            ["function"] = new JsonObject
            {
                ["name"] = call.Name,
                ["arguments"] = shape.ArgumentsAreText
                    ? ContentJson.TemplateText(call)
                    : ContentJson.Arguments(call),
            },
        };

    private Turn Join(Turn next) =>
        this with
        {
            Text = Joined(Text, next.Text),
            Reasoning = Joined(Reasoning, next.Reasoning),
            Calls = [.. Calls, .. next.Calls],
            Generated = null,
        };

    private static string Joined(string first, string second) =>
        first.Length == 0 ? second : second.Length == 0 ? first : $"{first}\n\n{second}";
}
