using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.TinyModel.Bpe;
using SkPaged.TinyModel.Chat;

namespace SkPaged.TinyModel.Eval;

/// <summary>
/// Dialogues of the evaluation as JSON lines, in the form of chat APIs, for checks outside this project:
/// <c>{number, skill, messages, tools, prompt, prompt_ids, expected}</c>.
/// </summary>
public static class CaseFile
{
    private static readonly JsonSerializerOptions Plainly =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the dialogues, with this project's rendering and token ids of each.</summary>
    public static void Write(TextWriter writer, IEnumerable<EvalCase> cases, BpeTokenizer tokenizer)
    {
        foreach (var wanted in cases) writer.WriteLine(Line(wanted, tokenizer).ToJsonString(Plainly));
    }

    private static JsonObject Line(EvalCase wanted, BpeTokenizer tokenizer)
    {
        var ids = new List<int>();
        tokenizer.Encode(wanted.Prompt, ids);
        return new()
        {
            ["number"] = wanted.Number,
            ["skill"] = wanted.Skill.ToString(),
            ["messages"] = new JsonArray([.. wanted.Messages.Select(Message)]),
            ["tools"] = new JsonArray([.. wanted.Tools.Select(tool => JsonNode.Parse(tool))]),
            ["prompt"] = wanted.Prompt,
            ["prompt_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
            ["expected"] = wanted.ExpectedText,
        };
    }

    private static JsonNode Message(ChatMessage message)
    {
        var json = new JsonObject { ["role"] = message.Role, ["content"] = message.Content };
        if (message.Calls.Count > 0) json["tool_calls"] = new JsonArray([.. message.Calls.Select(Call)]);
        return json;
    }

    private static JsonNode Call(ToolCall call) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = call.Name,
            ["arguments"] = JsonNode.Parse(call.Arguments),
        },
    };
}
