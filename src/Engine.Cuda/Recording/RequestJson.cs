using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>A submitted request as the fields of a line.</summary>
internal static class RequestJson
{
    private static readonly (string Name, Func<SamplingParams, float> Get,
        Func<SamplingParams, float, SamplingParams> With)[] _numbers =
    [
        ("temperature", each => each.Temperature, (each, v) => each with { Temperature = v }),
        ("top_p", each => each.TopP, (each, v) => each with { TopP = v }),
        ("min_p", each => each.MinP, (each, v) => each with { MinP = v }),
        ("repetition_penalty", each => each.RepetitionPenalty,
            (each, v) => each with { RepetitionPenalty = v }),
        ("presence_penalty", each => each.PresencePenalty,
            (each, v) => each with { PresencePenalty = v }),
        ("frequency_penalty", each => each.FrequencyPenalty,
            (each, v) => each with { FrequencyPenalty = v }),
    ];

    private static readonly SamplingParams _defaults = new();

    public static void Write(Utf8JsonWriter json, Request request)
    {
        json.WriteNumber("submitted", request.Id.Value);
        WriteTokens(json, "prompt", request.Prompt);
        WriteSampling(json, request.Sampling);
        var stop = request.Stop;
        if (stop.MaxTokens != int.MaxValue)
            json.WriteNumber("max_tokens", stop.MaxTokens);
        if (stop.MinTokens != 0)
            json.WriteNumber("min_tokens", stop.MinTokens);
        if (!stop.EndTokens.IsEmpty)
            WriteTokens(json, "end_tokens", stop.EndTokens);
        if (request.CacheSalt is { } salt)
            json.WriteString("cache_salt", salt);
    }

    public static Request Read(JsonElement line) =>
        new(
            new RequestId(line.GetProperty("submitted").GetInt64()),
            Tokens(line, "prompt"),
            ReadSampling(line),
            new StopRule
            {
                MaxTokens = Whole(line, "max_tokens") ?? int.MaxValue,
                MinTokens = Whole(line, "min_tokens") ?? 0,
                EndTokens = Tokens(line, "end_tokens"),
            })
        {
            CacheSalt = line.TryGetProperty("cache_salt", out var salt) ? salt.GetString() : null,
        };

    // What cannot be a JSON number can be submitted all the same, and is rejected: so it is text.
    private static void WriteSampling(Utf8JsonWriter json, SamplingParams sampling)
    {
        foreach (var (name, get, _) in _numbers)
        {
            var value = get(sampling);
            if (float.IsFinite(value) && value != get(_defaults))
                json.WriteNumber(name, value);
            else if (!float.IsFinite(value))
                json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
        }

        if (sampling.TopK != 0)
            json.WriteNumber("top_k", sampling.TopK);
        if (sampling.Seed is { } seed)
            json.WriteNumber("seed", seed);
        if (sampling.Logprobs is { } logprobs)
            json.WriteNumber("logprobs", logprobs);
        if (sampling.LogitBias.IsEmpty)
            return;
        json.WriteStartArray("logit_bias");
        foreach (var (token, bias) in sampling.LogitBias.OrderBy(pair => pair.Key.Value))
        {
            json.WriteNumberValue(token.Value);
            json.WriteNumberValue(bias);
        }

        json.WriteEndArray();
    }

    private static SamplingParams ReadSampling(JsonElement line)
    {
        var sampling = _numbers.Aggregate(_defaults, (all, number) =>
            !line.TryGetProperty(number.Name, out var value) ? all
            : number.With(all, value.ValueKind == JsonValueKind.String
                ? float.Parse(value.GetString()!, CultureInfo.InvariantCulture)
                : value.GetSingle()));
        return sampling with
        {
            TopK = Whole(line, "top_k") ?? 0,
            Seed = line.TryGetProperty("seed", out var seed) ? seed.GetUInt64() : null,
            Logprobs = Whole(line, "logprobs"),
            LogitBias = line.TryGetProperty("logit_bias", out var bias)
                ? bias.EnumerateArray().Chunk(2).ToImmutableDictionary(
                    pair => new TokenId(pair[0].GetInt32()), pair => pair[1].GetSingle())
                : _defaults.LogitBias,
        };
    }

    private static void WriteTokens(
        Utf8JsonWriter json, string name, ImmutableArray<TokenId> tokens)
    {
        json.WriteStartArray(name);
        foreach (var token in tokens)
            json.WriteNumberValue(token.Value);
        json.WriteEndArray();
    }

    private static ImmutableArray<TokenId> Tokens(JsonElement line, string name) =>
        line.TryGetProperty(name, out var tokens)
            ? [.. tokens.EnumerateArray().Select(token => new TokenId(token.GetInt32()))]
            : [];

    private static int? Whole(JsonElement line, string name) =>
        line.TryGetProperty(name, out var value) ? value.GetInt32() : null;
}
