using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>A line of JSON -> a request, or what is wrong with it.</summary>
internal static class LineParser
{
    private static readonly string[] Known =
    [
        "id", "prompt", "prompt_token_ids", "messages", "tools", "max_tokens", "min_tokens",
        "ignore_eos", "stop", "stop_token_ids", "n", "best_of", "temperature", "top_p", "top_k",
        "min_p", "seed", "repetition_penalty", "presence_penalty", "frequency_penalty",
        "logit_bias", "logprobs", "beam_width", "length_penalty", "early_stopping", "priority",
        "tenant", "cache_salt",
    ];

    // A field given twice is an error: whichever were taken, the other would be lost unseen.
    private static readonly JsonDocumentOptions Once = new() { AllowDuplicateProperties = false };

    /// <summary>The line's object.</summary>
    /// <param name="line">UTF-8.</param>
    /// <exception cref="LineException">It is no JSON object, or no text.</exception>
    public static JsonObject ParseObject(ReadOnlySpan<byte> line)
    {
        try
        {
            var parsed = JsonNode.Parse(line, documentOptions: Once) as JsonObject
                ?? throw new LineException("invalid_json", "The line is no JSON object.");
            ReadAll(parsed);
            return parsed;
        }
        catch (JsonException wrong)
        {
            throw new LineException("invalid_json", wrong.Message);
        }
        catch (InvalidOperationException)
        {
            throw new LineException(
                "invalid_text",
                "A string is no text: it has invalid UTF-8 or half of a surrogate pair.");
        }
    }

    /// <summary>The request of a line.</summary>
    /// <param name="line">The line's object.</param>
    /// <param name="number">Its number from 1: the id of a line that has none.</param>
    /// <param name="defaults">The model's own sampling values.</param>
    /// <exception cref="LineException">
    /// A field is unknown, of a wrong type or out of range.
    /// </exception>
    public static InputLine Parse(JsonObject line, int number, SamplingParams defaults)
    {
        RefuseUnknown(line);
        var fields = new LineFields(line);
        var group = LineGroup.Parse(fields);
        return new InputLine(
            fields.Node("id")?.DeepClone() ?? JsonValue.Create(number),
            Prompt(fields),
            Sampling(fields, group.Beams is null ? defaults : LineGroup.Searching(defaults)),
            fields.Whole("max_tokens"),
            fields.Whole("min_tokens") ?? 0,
            fields.Flag("ignore_eos") ?? false,
            fields.Tokens("stop_token_ids") ?? [],
            Stops(fields, group),
            fields.Text("cache_salt"),
            group,
            fields.Whole("priority") ?? 0,
            fields.Text("tenant"));
    }

    // Strings are decoded only when they are read, and then it is too late for a clear answer.
    private static void ReadAll(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (_, value) in fields)
                    ReadAll(value);
                break;
            case JsonArray items:
                foreach (var item in items)
                    ReadAll(item);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                value.GetValue<string>();
                break;
        }
    }

    // A misspelt field would silently change nothing; so it is an error.
    private static void RefuseUnknown(JsonObject line)
    {
        var unknown = line.Select(field => field.Key).Except(Known).ToList();
        if (unknown.Count > 0)
            throw new LineException(
                "unknown_field",
                $"Unknown: {string.Join(", ", unknown)}. Known: {string.Join(", ", Known)}.");
    }

    private static PromptSource Prompt(LineFields fields)
    {
        var given = new PromptSource?[]
        {
            fields.Text("prompt") is { } text ? new PromptSource.Text(text) : null,
            fields.Tokens("prompt_token_ids") is { } tokens ? new PromptSource.Tokens(tokens)
                : null,
            fields.List("messages") is { } messages
                ? Conversation.Checked(messages, fields.List("tools"))
                : null,
        };
        return given.OfType<PromptSource>().ToList() is [var only]
            ? only
            : throw new LineException(
                "invalid_value", "Exactly one of prompt, prompt_token_ids and messages is needed.");
    }

    private static SamplingParams Sampling(LineFields fields, SamplingParams defaults) =>
        defaults with
        {
            Temperature = fields.Number("temperature") ?? defaults.Temperature,
            TopP = fields.Number("top_p") ?? defaults.TopP,
            TopK = fields.Whole("top_k") ?? defaults.TopK,
            MinP = fields.Number("min_p") ?? defaults.MinP,
            RepetitionPenalty = fields.Number("repetition_penalty") ?? defaults.RepetitionPenalty,
            PresencePenalty = fields.Number("presence_penalty") ?? defaults.PresencePenalty,
            FrequencyPenalty = fields.Number("frequency_penalty") ?? defaults.FrequencyPenalty,
            LogitBias = fields.Biases("logit_bias"),
            Seed = fields.Seed("seed"),
            Logprobs = fields.Whole("logprobs"),
        };

    private static ImmutableArray<string> Stops(LineFields fields, OutputGroup group)
    {
        var stops = fields.TextOrTexts("stop");
        return stops.Contains("")
                ? throw new LineException("invalid_value", "stop has an empty string.")
            : !stops.IsEmpty && group.Beams is not null
                ? throw new LineException(
                    "invalid_value",
                    "stop cannot go with beam_width: the text of a beam is known when all have "
                    + "ended. stop_token_ids can.")
            : stops;
    }
}
