using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>The answer to a line, as a line.</summary>
internal static class OutputLine
{
    // Readable text rather than escapes: the file is UTF-8 and no web page.
    private static readonly JsonSerializerOptions Json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(InputLine line, Answer answer) =>
        new JsonObject
        {
            ["id"] = line.Id?.DeepClone(),
            ["outputs"] = new JsonArray(
                [.. answer.Outputs
                    .Select((output, index) => Node(output, index, line.Sampling.Logprobs))]),
            ["prompt_tokens"] = answer.PromptTokens,
            ["cached_tokens"] = answer.CachedTokens,
            ["output_tokens"] = answer.OutputTokens,
            ["preemptions"] = answer.Preemptions,
            ["ttft_ms"] = Milliseconds(answer.TimeToFirstToken),
            ["e2e_ms"] = Milliseconds(answer.Duration),
        }.ToJsonString(Json);

    public static string Of(JsonNode? id, LineException wrong) =>
        new JsonObject
        {
            ["id"] = id?.DeepClone(),
            ["error"] = new JsonObject { ["type"] = wrong.Type, ["message"] = wrong.Message },
        }.ToJsonString(Json);

    private static JsonObject Node(Output output, int index, int? logprobs)
    {
        var node = new JsonObject
        {
            ["index"] = index,
            ["token_ids"] = new JsonArray(
                [.. output.Tokens.Select(token => JsonValue.Create(token.Token.Value))]),
            ["text"] = output.Text,
            ["finish_reason"] = output.Reason.ToString().ToLowerInvariant(),
            ["cumulative_logprob"] = Number(output.Logprob),
        };
        if (logprobs is not null)
            node["logprobs"] = new JsonArray([.. output.Tokens.Select(Node)]);
        return node;
    }

    private static JsonObject Node(SampledToken token) =>
        new()
        {
            ["token"] = token.Token.Value,
            ["logprob"] = Number(token.Logprob),
            ["top"] = new JsonObject(
                (token.Top.IsDefault ? [] : token.Top).Select(top =>
                    KeyValuePair.Create($"{top.Token.Value}", (JsonNode?)Number(top.Logprob)))),
        };

    // JSON has no infinities; a forbidden token's log probability is one. Nor has it anything for
    // one that nobody knows.
    private static JsonValue? Number(float logprob) =>
        float.IsFinite(logprob) ? JsonValue.Create(logprob) : null;

    private static JsonValue? Number(double logprob) =>
        double.IsFinite(logprob) ? JsonValue.Create(logprob) : null;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
