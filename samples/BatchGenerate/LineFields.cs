using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>Reads the fields of a line by type.</summary>
internal sealed class LineFields(JsonObject line)
{
    private const string TextOrTextsForm = "a string or a list of strings";

    public JsonNode? Node(string name) => line[name];

    public string? Text(string name) => Read<string>(name, JsonValueKind.String, "a string");

    public int? Whole(string name) => Read<int?>(name, JsonValueKind.Number, "a whole number");

    public float? Number(string name) => Read<float?>(name, JsonValueKind.Number, "a number");

    public JsonArray? List(string name) =>
        Node(name) switch
        {
            null => null,
            JsonArray list => list,
            var other => throw Wrong(name, other, "a list"),
        };

    public bool? Flag(string name) =>
        Node(name) switch
        {
            null => null,
            JsonValue value when value.TryGetValue<bool>(out var flag) => flag,
            var other => throw Wrong(name, other, "true or false"),
        };

    /// <summary>Any 64-bit number; negative ones count as their bits.</summary>
    public ulong? Seed(string name) =>
        Node(name) switch
        {
            null => null,
            JsonValue value when value.TryGetValue<ulong>(out var seed) => seed,
            JsonValue value when value.TryGetValue<long>(out var seed) => unchecked((ulong)seed),
            var other => throw Wrong(name, other, "a whole number of 64 bits"),
        };

    public ImmutableArray<TokenId>? Tokens(string name) =>
        List(name) is { } list
            ? [.. list.Select(item => new TokenId(Item<int>(name, item, "token ids")))]
            : null;

    public ImmutableArray<string> TextOrTexts(string name) =>
        Node(name) switch
        {
            null => [],
            JsonValue => [Text(name)!],
            JsonArray list => [.. list.Select(item => Item<string>(name, item, TextOrTextsForm))],
            var other => throw Wrong(name, other, TextOrTextsForm),
        };

    public ImmutableDictionary<TokenId, float> Biases(string name)
    {
        const string Expected = "an object from token ids, each once, to numbers";
        var biases = ImmutableDictionary.CreateBuilder<TokenId, float>();
        if (Node(name) is { } given and not JsonObject)
            throw Wrong(name, given, Expected);
        foreach (var (key, value) in Node(name) as JsonObject ?? [])
            if (!int.TryParse(key, CultureInfo.InvariantCulture, out var token)
                || !biases.TryAdd(new TokenId(token), Item<float>(name, value, Expected)))
                throw Wrong(name, Node(name), Expected);
        return biases.ToImmutable();
    }

    /// <summary>A field that is not what it must be.</summary>
    public static LineException Wrong(string name, JsonNode? value, string expected) =>
        new("invalid_value",
            $"{name} is {value?.ToJsonString() ?? "null"}; it must be {expected}.");

    private T? Read<T>(string name, JsonValueKind kind, string expected) =>
        Node(name) switch
        {
            null => default,
            JsonValue value when value.GetValueKind() == kind
                && value.TryGetValue<T>(out var read) =>
                read,
            var other => throw Wrong(name, other, expected),
        };

    private static T Item<T>(string name, JsonNode? item, string expected) =>
        item is JsonValue value && value.TryGetValue<T>(out var read)
            ? read
            : throw Wrong(name, item, expected);
}
