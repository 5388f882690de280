using System.Globalization;

namespace SkPaged.Connector.Templates;

/// <summary>How JSON is written; a null indent means on one line.</summary>
internal sealed record JsonStyle(
    string? Indent, string ItemSeparator, string KeySeparator, bool OnlyAscii, bool SortKeys);

/// <summary>
/// Python's <c>json.dumps</c>, as the <c>tojson</c> filter of transformers calls it.
/// </summary>
internal sealed class JsonOutput
{
    private readonly TextBuilder _text = new();
    private readonly JsonStyle _style;

    private JsonOutput(JsonStyle style) => _style = style;

    /// <exception cref="TemplateFault">The value holds what JSON has no form for.</exception>
    public static string Write(Value value, JsonStyle style)
    {
        var output = new JsonOutput(style);
        output.Write(value, 0);
        return output._text.ToString();
    }

    private void Write(Value value, int level)
    {
        switch (value)
        {
            case Value.Text chars:
                WriteText(chars.Chars);
                break;
            case Value.List or Value.Tuple:
                WriteSeries(((Value.Sequence)value).Items, "[]", level, Write);
                break;
            case Value.Dict dict:
                WriteSeries(Sorted(dict), "{}", level, WriteEntry);
                break;
            default:
                _text.Append(Scalar(value) ?? throw new TemplateFault(
                    $"Object of type {Describe.TypeOf(value)} is not JSON serializable"));
                break;
        }
    }

    private void WriteSeries<T>(
        IEnumerable<T> items, string brackets, int level, Action<T, int> write)
    {
        _text.Append(brackets[0]);
        var empty = true;
        foreach (var item in items)
        {
            _text.Append(empty ? "" : _style.ItemSeparator);
            BreakLine(level + 1);
            write(item, level + 1);
            empty = false;
        }

        if (!empty)
            BreakLine(level);
        _text.Append(brackets[1]);
    }

    private void WriteEntry(KeyValuePair<Value, Value> entry, int level)
    {
        WriteText(entry.Key is Value.Text key
            ? key.Chars
            : Scalar(entry.Key) ?? throw new TemplateFault(
                "keys must be str, int, float, bool or None, not " + Describe.TypeOf(entry.Key)));
        _text.Append(_style.KeySeparator);
        Write(entry.Value, level);
    }

    private KeyValuePair<Value, Value>[] Sorted(Value.Dict dict)
    {
        var entries = dict.Entries.ToArray();
        if (_style.SortKeys)
            StableSort.Sort(entries, (left, right) => ValueOrder.Compare(right.Key, left.Key) < 0);
        return entries;
    }

    private void BreakLine(int level)
    {
        if (_style.Indent is { } indent)
            _text.Append('\n').AppendRepeated(indent, level);
    }

    private static string? Scalar(Value value) => value switch
    {
        Value.None => "null",
        Value.Bool flag => flag.Truth ? "true" : "false",
        Value.Integer whole => whole.Number.ToString(CultureInfo.InvariantCulture),
        Value.Float { Number: double.NaN } => "NaN",
        Value.Float { Number: double.PositiveInfinity } => "Infinity",
        Value.Float { Number: double.NegativeInfinity } => "-Infinity",
        Value.Float real => PythonFloat.Repr(real.Number),
        _ => null,
    };

    private void WriteText(string chars)
    {
        _text.Append('"');
        var plain = 0;
        for (var i = 0; i < chars.Length; i++)
        {
            if (Escape(chars[i]) is not { } escape)
                continue;
            _text.Append(chars.AsSpan(plain, i - plain)).Append(escape);
            plain = i + 1;
        }

        _text.Append(chars.AsSpan(plain)).Append('"');
    }

    private string? Escape(char unit) => unit switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => @"\n",
        '\r' => @"\r",
        '\t' => @"\t",
        '\f' => @"\f",
        '\b' => @"\b",
        < ' ' => $@"\u{(int)unit:x4}",
        > '~' when _style.OnlyAscii => $@"\u{(int)unit:x4}",
        _ => null,
    };
}
