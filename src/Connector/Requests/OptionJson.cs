using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SkPaged.Connector.Requests;

/// <summary>
/// Reads loosely typed option values: numbers may be strings, floats may be whole numbers, lists
/// may be one value. Everything goes through JSON, which is where most of them come from.
/// </summary>
internal static class OptionJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    };

    /// <summary>The value as JSON; null when it has no such form.</summary>
    public static JsonElement? Of(object value)
    {
        if (value is JsonElement element)
            return element;
        if (value is WrongOption)
            return null;
        try
        {
            return JsonSerializer.SerializeToElement(value, value.GetType(), Options);
        }
        catch (Exception error) when (error is NotSupportedException or JsonException)
        {
            return null;
        }
    }

    /// <summary>A number, or a string that is one.</summary>
    public static double? Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble(),
            JsonValueKind.String => ParseNumber(value.GetString()),
            _ => null,
        };

    /// <summary>A number without a fraction that fits.</summary>
    public static long? Whole(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var exact) ? exact
        : Number(value) is { } number
            && Math.Truncate(number) == number
            && Math.Abs(number) < 1L << 53
            ? (long)number
        : null;

    /// <summary>True or false, as such, as a string, or as 1 or 0.</summary>
    public static bool? Flag(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String when bool.TryParse(value.GetString(), out var flag) => flag,
            _ => Whole(value) switch { 1 => true, 0 => false, _ => null },
        };

    /// <summary>
    /// A list, or one value as a list of one; null when an element does not read.
    /// </summary>
    public static IReadOnlyList<T>? List<T>(JsonElement value, Func<JsonElement, T?> read)
        where T : class
    {
        var items = Items(value);
        List<T> list = [.. items.Select(read).OfType<T>()];
        return list.Count == items.Length ? list : null;
    }

    /// <inheritdoc cref="List{T}"/>
    public static IReadOnlyList<T>? Values<T>(JsonElement value, Func<JsonElement, T?> read)
        where T : struct
    {
        var items = Items(value);
        List<T> list = [.. items.Select(read).OfType<T>()];
        return list.Count == items.Length ? list : null;
    }

    /// <summary>A text.</summary>
    public static string? Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    /// <summary>How a value is shown in an error: short, and as the caller wrote it.</summary>
    public static string Show(object value) =>
        value switch
        {
            WrongOption wrong => wrong.Shown,
            string text => $"\"{text}\"",
            bool flag => flag ? "true" : "false",
            float or double or int or long =>
                Convert.ToString(value, CultureInfo.InvariantCulture)!,
            _ => Of(value) is { } json ? Short(json.GetRawText()) : value.GetType().Name,
        };

    private static string Short(string text) => text.Length <= 60 ? text : text[..57] + "...";

    private static JsonElement[] Items(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [value];

    private static double? ParseNumber(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;
}
