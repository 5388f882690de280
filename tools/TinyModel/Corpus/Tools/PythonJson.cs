using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Writes JSON as the <c>tojson</c> filter of chat templates does: a space after each comma and colon,
/// letters outside ASCII as they are.
/// </summary>
public static class PythonJson
{
    /// <summary>The text of a value; null is the JSON null.</summary>
    public static string Write(JsonNode? node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(JsonNode? node, StringBuilder text)
    {
        switch (node)
        {
            case null: text.Append("null"); break;
            case JsonObject map: WriteObject(map, text); break;
            case JsonArray list: WriteArray(list, text); break;
            case var value when value.GetValueKind() == JsonValueKind.String:
                WriteString(value.GetValue<string>(), text); break;
            default: text.Append(node.ToJsonString()); break;
        }
    }

    private static void WriteObject(JsonObject map, StringBuilder text)
    {
        text.Append('{');
        var first = true;
        foreach (var (key, value) in map)
        {
            if (!first) text.Append(", ");
            first = false;
            WriteString(key, text);
            text.Append(": ");
            Write(value, text);
        }
        text.Append('}');
    }

    private static void WriteArray(JsonArray list, StringBuilder text)
    {
        text.Append('[');
        for (var i = 0; i < list.Count; i++)
        {
            if (i > 0) text.Append(", ");
            Write(list[i], text);
        }
        text.Append(']');
    }

    private static void WriteString(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var letter in value)
        {
            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append(@"\\"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                < ' ' => text.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => text.Append(letter),
            };
        }
        text.Append('"');
    }
}
