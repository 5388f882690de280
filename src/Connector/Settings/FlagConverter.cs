using System.Text.Json;
using System.Text.Json.Serialization;
using SkPaged.Connector.Requests;

namespace SkPaged.Connector.Settings;

/// <summary>True or false, as such, as a string in any case, or as 1 or 0.</summary>
internal sealed class FlagConverter : JsonConverter<bool?>
{
    public override bool? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        using var value = JsonDocument.ParseValue(ref reader);
        return OptionJson.Flag(value.RootElement)
            ?? throw new JsonException($"{value.RootElement.GetRawText()} is not true or false.");
    }

    public override void Write(Utf8JsonWriter writer, bool? value, JsonSerializerOptions options)
    {
        if (value is { } flag)
            writer.WriteBooleanValue(flag);
        else
            writer.WriteNullValue();
    }
}
