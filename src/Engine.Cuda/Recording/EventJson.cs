using System.Collections.Immutable;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Events as JSON objects of one line. Values that are what they are by default are left out.
/// </summary>
internal static class EventJson
{
    public static void Write(Utf8JsonWriter json, Event evt)
    {
        json.WriteStartObject();
        switch (evt)
        {
            case Event.Submitted(var request):
                RequestJson.Write(json, request);
                break;
            case Event.Cancelled(var id, var reason):
                json.WriteNumber("cancelled", id.Value);
                json.WriteString("reason", $"{reason}");
                if (((Event.Cancelled)evt).Sample is { } sample)
                    json.WriteNumber("sample", sample);
                break;
            case Event.StepWanted:
                json.WriteBoolean("wanted", true);
                break;
            case Event.StepCompleted(var result):
                json.WriteNumber("completed", result.Step.Value);
                WriteSamples(json, result.Samples);
                break;
            case Event.StepFailed(var step, var cause):
                json.WriteNumber("failed", step.Value);
                json.WriteString("cause", cause);
                break;
            default:
                throw new ArgumentException($"No such event: {evt}", nameof(evt));
        }

        json.WriteEndObject();
    }

    /// <exception cref="FormatException">It is no event.</exception>
    public static Event Read(JsonElement line) =>
        line.TryGetProperty("submitted", out _) ? new Event.Submitted(RequestJson.Read(line))
        : line.TryGetProperty("cancelled", out var id) ? new Event.Cancelled(
            new RequestId(id.GetInt64()),
            Enum.Parse<FinishReason>(line.Required("reason").GetString()!))
        {
            Sample = line.TryGetProperty("sample", out var sample) ? sample.GetInt32() : null,
        }
        : line.TryGetProperty("wanted", out _) ? new Event.StepWanted()
        : line.TryGetProperty("completed", out var step) ? new Event.StepCompleted(
            new StepResult(new StepId(step.GetInt64()), ReadSamples(line)))
        : line.TryGetProperty("failed", out var failed) ? new Event.StepFailed(
            new StepId(failed.GetInt64()), line.Required("cause").GetString()!)
        : throw new FormatException("this is no event.");

    // A sample: [token], [token, logprob] or [token, logprob, [token, logprob, ...]].
    private static void WriteSamples(Utf8JsonWriter json, ImmutableArray<SampledToken> samples)
    {
        if (samples.IsDefault)
            return;
        json.WriteStartArray("samples");
        foreach (var sample in samples)
        {
            json.WriteStartArray();
            json.WriteNumberValue(sample.Token.Value);
            if (!float.IsNaN(sample.Logprob))
                json.WriteNumberValue(sample.Logprob);
            if (!sample.Top.IsDefault)
                WriteTop(json, sample.Top);
            json.WriteEndArray();
        }

        json.WriteEndArray();
    }

    private static void WriteTop(Utf8JsonWriter json, ImmutableArray<TokenLogprob> top)
    {
        json.WriteStartArray();
        foreach (var (token, logprob) in top)
        {
            json.WriteNumberValue(token.Value);
            json.WriteNumberValue(logprob);
        }

        json.WriteEndArray();
    }

    private static ImmutableArray<SampledToken> ReadSamples(JsonElement line) =>
        line.TryGetProperty("samples", out var samples)
            ? [.. samples.EnumerateArray().Select(ReadSample)]
            : default;

    private static SampledToken ReadSample(JsonElement sample)
    {
        var parts = sample.EnumerateArray().ToList();
        var top = parts[^1].ValueKind == JsonValueKind.Array
            ? ReadTop([.. parts[^1].EnumerateArray()])
            : default;
        return new SampledToken(
            new TokenId(parts[0].GetInt32()),
            parts.Count > 1 && parts[1].ValueKind == JsonValueKind.Number
                ? parts[1].GetSingle()
                : float.NaN,
            top);
    }

    private static ImmutableArray<TokenLogprob> ReadTop(JsonElement[] numbers) =>
    [
        .. numbers.Chunk(2).Select(pair =>
            new TokenLogprob(new TokenId(pair[0].GetInt32()), pair[1].GetSingle())),
    ];
}
