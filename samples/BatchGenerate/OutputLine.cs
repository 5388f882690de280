using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>One output of a request.</summary>
/// <param name="Tokens">What was drawn, in order.</param>
/// <param name="Text">The same as text; null without a tokenizer.</param>
/// <param name="Reason">Why it ended.</param>
/// <param name="Usage">What it consumed.</param>
/// <param name="TimeToFirstToken">From submission.</param>
/// <param name="Duration">From submission to the end.</param>
internal sealed record Output(
    ImmutableArray<SampledToken> Tokens,
    string? Text,
    FinishReason Reason,
    Usage Usage,
    TimeSpan TimeToFirstToken,
    TimeSpan Duration);

/// <summary>The answer to a line, as a line.</summary>
internal static class OutputLine
{
    // Readable text rather than escapes: the file is UTF-8 and no web page.
    private static readonly JsonSerializerOptions Json =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(InputLine line, IReadOnlyList<Output> outputs) =>
        new JsonObject
        {
            ["id"] = line.Id?.DeepClone(),
            ["outputs"] = new JsonArray(
                [.. outputs
                    .Select((output, index) => Node(output, index, line.Sampling.Logprobs))]),
            ["prompt_tokens"] = outputs[0].Usage.PromptTokens,
            // Of the prompt, what no output computed: later ones find what the first did.
            ["cached_tokens"] = outputs.Min(output => output.Usage.CachedTokens),
            ["preemptions"] = outputs.Sum(output => output.Usage.Preemptions),
            ["ttft_ms"] = Milliseconds(outputs.Min(output => output.TimeToFirstToken)),
            ["e2e_ms"] = Milliseconds(outputs.Max(output => output.Duration)),
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
            ["cumulative_logprob"] = output.Tokens.Sum(token => (double)token.Logprob),
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

    // JSON has no infinities; a forbidden token's log probability is one.
    private static JsonValue? Number(float logprob) =>
        float.IsFinite(logprob) ? JsonValue.Create(logprob) : null;

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
