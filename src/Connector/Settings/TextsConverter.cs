using System.Text.Json;
using System.Text.Json.Serialization;

namespace SkPaged.Connector.Settings;

/// <summary>A list of texts, or one text as a list of one.</summary>
internal sealed class TextsConverter : JsonConverter<IList<string>?>
{
    public override IList<string>? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType switch
        {
            JsonTokenType.Null => null,
            JsonTokenType.String => [reader.GetString()!],
            _ => JsonSerializer.Deserialize<List<string>>(ref reader, options),
        };

    public override void Write(
        Utf8JsonWriter writer, IList<string>? value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var text in value ?? [])
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
