using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SkPaged.Connector.Templates;

/// <summary>Reads JSON as Python does: 1 is an integer, 1.0 a float, null is None.</summary>
internal static class JsonInput
{
    /// <exception cref="TemplateFault">
    /// Nested deeper than <see cref="TemplateLimits.MaxValueDepth"/>.
    /// </exception>
    public static Value Read(JsonNode? node, int depth = 0) => node switch
    {
        _ when depth > TemplateLimits.MaxValueDepth => throw Nesting.TooDeep(),
        null => Value.Nothing,
        JsonObject entries => ReadObject(entries, depth),
        JsonArray items => new Value.List(items.Select(i => Read(i, depth + 1)).ToImmutableArray()),
        JsonValue value => ReadScalar(value),
        _ => throw new TemplateFault($"no JSON value: {node.GetType().Name}"),
    };

    private static Value.Dict ReadObject(JsonObject source, int depth)
    {
        var entries = Value.Dict.NewEntries();
        foreach (var (key, value) in source)
            entries[new Value.Text(key)] = Read(value, depth + 1);
        return new Value.Dict(entries);
    }

    private static Value ReadScalar(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.True => Value.True,
        JsonValueKind.False => Value.False,
        JsonValueKind.Null => Value.Nothing,
        JsonValueKind.String => new Value.Text(ReadText(value)),
        JsonValueKind.Number => ReadNumber(value),
        var kind => throw new TemplateFault($"no JSON value: {kind}"),
    };

    // A date or the like made in .NET is a JSON string, but not a .NET one.
    private static string ReadText(JsonValue value) => value.TryGetValue<string>(out var text)
        ? text
        : JsonSerializer.Deserialize<string>(value.ToJsonString()) ?? "";

    // A number made in .NET knows its type better than its JSON text does: 1.0 is written as 1.
    private static Value ReadNumber(JsonValue value)
    {
        if (value.TryGetValue<JsonElement>(out var element))
            return ParseNumber(element.GetRawText());
        if (value.TryGetValue<double>(out var real))
            return new Value.Float(real);
        if (value.TryGetValue<float>(out var single))
            return new Value.Float(single);
        return value.TryGetValue<decimal>(out var exact)
            ? new Value.Float((double)exact)
            : ParseNumber(value.ToJsonString());
    }

    private static Value ParseNumber(string text) => text.AsSpan().ContainsAny('.', 'e', 'E')
        ? new Value.Float(double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture))
        : Number.Of(Number.ParseInteger(text, 10) ?? throw Number.TooLarge());
}
