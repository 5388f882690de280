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
        if (request.Samples != 1)
            json.WriteNumber("n", request.Samples);
        if (request.BestOf is { } bestOf)
            json.WriteNumber("best_of", bestOf);
        if (request.Beams is { } beams)
            WriteBeams(json, beams);
        if (request.Priority != 0)
            json.WriteNumber("priority", request.Priority);
        if (request.Tenant is { } tenant)
            json.WriteString("tenant", tenant);
    }

    public static Request Read(JsonElement line) =>
        new(
            new RequestId(line.Required("submitted").GetInt64()),
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
            Samples = Whole(line, "n") ?? 1,
            BestOf = Whole(line, "best_of"),
            Beams = line.TryGetProperty("beams", out var beams) ? ReadBeams(beams) : null,
            Priority = Whole(line, "priority") ?? 0,
            Tenant = line.TryGetProperty("tenant", out var tenant) ? tenant.GetString() : null,
        };

    private static void WriteBeams(Utf8JsonWriter json, BeamParams beams)
    {
        json.WriteStartObject("beams");
        json.WriteNumber("width", beams.Width);
        WriteNumber(json, "length_penalty", beams.LengthPenalty);
        json.WriteString("early_stopping", $"{beams.EarlyStopping}");
        json.WriteEndObject();
    }

    private static BeamParams ReadBeams(JsonElement beams) =>
        new()
        {
            Width = beams.Required("width").GetInt32(),
            LengthPenalty = ReadNumber(beams.Required("length_penalty")),
            EarlyStopping = Enum.Parse<EarlyStopping>(
                beams.Required("early_stopping").GetString()!),
        };

    private static void WriteSampling(Utf8JsonWriter json, SamplingParams sampling)
    {
        foreach (var (name, get, _) in _numbers)
        {
            var value = get(sampling);
            if (value != get(_defaults))
                WriteNumber(json, name, value);
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
            : number.With(all, ReadNumber(value)));
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

    // What cannot be a JSON number can be submitted all the same, and is rejected: so it is text.
    private static void WriteNumber(Utf8JsonWriter json, string name, float value)
    {
        if (float.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteString(name, value.ToString(CultureInfo.InvariantCulture));
    }

    private static float ReadNumber(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
            ? float.Parse(value.GetString()!, CultureInfo.InvariantCulture)
            : value.GetSingle();

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
