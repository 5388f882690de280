using System.Text.Json;

namespace SkPaged.Connector.Text;

/// <summary>
/// Reads typed values out of a tokenizer's JSON and knows the file's name, so that every error
/// can say where it is.
/// </summary>
internal sealed record TokenizerFile(string Name)
{
    public TokenizerFormatException Unsupported(string component) =>
        new(Name, component, "this component is not supported");

    public TokenizerFormatException Broken(string component, string reason) =>
        new(Name, component, reason);

    public JsonDocument Parse(Stream stream)
    {
        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw new TokenizerFormatException(Name, "content", $"not JSON: {e.Message}", e);
        }
    }

    /// <summary>The property, or null where it is absent or null.</summary>
    public static JsonElement? Optional(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind != JsonValueKind.Null
            ? value
            : null;

    public JsonElement Required(JsonElement parent, string name, string component) =>
        Optional(parent, name) ?? throw Broken(component, $"'{name}' is missing");

    public string String(JsonElement parent, string name, string component) =>
        AsString(Required(parent, name, component), $"{component}.{name}");

    public string? StringOrNull(JsonElement parent, string name, string component) =>
        Optional(parent, name) is { } value ? AsString(value, $"{component}.{name}") : null;

    public bool Bool(JsonElement parent, string name, string component, bool otherwise) =>
        BoolOrNull(parent, name, component) ?? otherwise;

    public bool? BoolOrNull(JsonElement parent, string name, string component) =>
        Optional(parent, name) is not { } value ? null
        : value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Broken($"{component}.{name}", "must be true or false"),
        };

    public int Int(JsonElement parent, string name, string component) =>
        AsInt(Required(parent, name, component), $"{component}.{name}");

    public IEnumerable<JsonElement> Array(JsonElement parent, string name, string component)
    {
        var value = Required(parent, name, component);
        return value.ValueKind == JsonValueKind.Array
            ? value.EnumerateArray()
            : throw Broken($"{component}.{name}", "must be an array");
    }

    public string AsString(JsonElement value, string component) =>
        value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw Broken(component, "must be a string");

    public int AsInt(JsonElement value, string component) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number)
            ? number
            : throw Broken(component, "must be a 32-bit integer");
}
