using System.Text.Json;
using System.Text.Json.Serialization;
using SkPaged.Connector.Requests;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Settings;

/// <summary>As transformers writes it: true, false or "never".</summary>
internal sealed class EarlyStoppingConverter : JsonConverter<EarlyStopping?>
{
    public override EarlyStopping? Read(
        ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        using var value = JsonDocument.ParseValue(ref reader);
        return ChoiceOptions.Parse(value.RootElement)
            ?? throw new JsonException(
                $"{value.RootElement.GetRawText()} is not true, false or \"never\".");
    }

    public override void Write(
        Utf8JsonWriter writer, EarlyStopping? value, JsonSerializerOptions options)
    {
        if (value is not { } early)
            writer.WriteNullValue();
        else if (early == EarlyStopping.Never)
            writer.WriteStringValue("never");
        else
            writer.WriteBooleanValue(early == EarlyStopping.Always);
    }
}
