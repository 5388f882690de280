using System.Text.Json;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// Typed reads from a JSON object. Each names the key and the value where the value is not what
/// was asked for; a null in the file is as good as absent.
/// </summary>
internal sealed class ConfigObject : IDisposable
{
    private const int ShownLength = 60;

    private readonly JsonElement _object;

    private readonly IDisposable? _document;

    private readonly string _source;

    private readonly string _prefix;

    private ConfigObject(JsonElement value, string source, string prefix, IDisposable? document) =>
        (_object, _source, _prefix, _document) = (value, source, prefix, document);

    public static ConfigObject Parse(string json, string source)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new(document.RootElement, source, "", document)
                : throw new ModelConfigException(source, "the file", Shown(document.RootElement),
                    "an object is needed");
        }
        catch (JsonException cause)
        {
            throw new ModelConfigException(source, $"not valid JSON: {cause.Message}", cause);
        }
    }

    public int PositiveInt(string key) =>
        PositiveIntOrNull(key) ?? throw Problem(key, "is missing");

    public int? PositiveIntOrNull(string key) => Value(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number > 0
            ? number
            : throw Problem(key, "a whole number above 0 is needed");

    public int? NaturalIntOrNull(string key) => Value(key) is not { } value
        ? null
        : IsNatural(value)
            ? value.GetInt32()
            : throw Problem(key, "a whole number of at least 0 is needed");

    public double PositiveNumber(string key) =>
        PositiveNumberOrNull(key) ?? throw Problem(key, "is missing");

    public double? PositiveNumberOrNull(string key) =>
        NumberOrNull(key) is not { } number
            ? null
            : number > 0 ? number : throw Problem(key, "a number above 0 is needed");

    public double? NumberOrNull(string key) => Value(key) is not { } value
        ? null
        : value.ValueKind == JsonValueKind.Number && double.IsFinite(value.GetDouble())
            ? value.GetDouble()
            : throw Problem(key, "a number is needed");

    public bool Flag(string key, bool otherwise) => Value(key) switch
    {
        null => otherwise,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => throw Problem(key, "true or false is needed"),
    };

    public string? TextOrNull(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        _ => throw Problem(key, "a text is needed"),
    };

    public IReadOnlyList<string> Texts(string key) => Value(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list
            when list.EnumerateArray().All(e => e.ValueKind == JsonValueKind.String) =>
            [.. list.EnumerateArray().Select(element => element.GetString()!)],
        _ => throw Problem(key, "a list of texts is needed"),
    };

    /// <summary>
    /// A whole number of at least 0, or a list of such: as the ids of tokens are given.
    /// </summary>
    public IReadOnlyList<int> NaturalInts(string key) => Value(key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Number } number when IsNatural(number) => [number.GetInt32()],
        { ValueKind: JsonValueKind.Array } list when list.EnumerateArray().All(IsNatural) =>
            [.. list.EnumerateArray().Select(element => element.GetInt32())],
        _ => throw Problem(key, "a whole number of at least 0, or a list of such, is needed"),
    };

    public ConfigObject? ObjectOrNull(string key) => Value(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.Object } value => new(value, _source, $"{_prefix}{key}.", null),
        _ => throw Problem(key, "an object is needed"),
    };

    public bool Has(string key) => Value(key) is not null;

    /// <summary>Whether the key stands in the file, be it with a null.</summary>
    public bool Names(string key) => _object.TryGetProperty(key, out _);

    /// <summary>An error that names the key, and its value if it has one.</summary>
    public ModelConfigException Problem(string key, string problem) =>
        new(_source, _prefix + key, Value(key) is { } value ? Shown(value) : null, problem);

    public void Dispose() => _document?.Dispose();

    private static bool IsNatural(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) && number >= 0;

    private static string Shown(JsonElement value) =>
        value.GetRawText() is { Length: > ShownLength } text ? text[..ShownLength] + "..."
        : value.GetRawText();

    private JsonElement? Value(string key) =>
        _object.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null
            ? value
            : null;
}
