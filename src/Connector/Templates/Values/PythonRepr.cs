using System.Collections.Immutable;
using System.Globalization;

namespace SkPaged.Connector.Templates;

/// <summary>Python's <c>str()</c> and <c>repr()</c>.</summary>
internal static class PythonRepr
{
    /// <summary>The value as <c>{{ value }}</c> prints it.</summary>
    public static string Str(Value value) => value switch
    {
        Value.Text text => text.Chars,
        Value.Undefined => "",
        _ => Of(value),
    };

    /// <summary>The value as it is printed within a list.</summary>
    public static string Of(Value value)
    {
        var text = new TextBuilder();
        Append(value, text, 0);
        return text.ToString();
    }

    /// <summary>A string literal in Python's quotes.</summary>
    public static string Quote(string chars)
    {
        var text = new TextBuilder();
        AppendQuoted(chars, text);
        return text.ToString();
    }

    private static TextBuilder Append(Value value, TextBuilder text, int depth) => value switch
    {
        _ when depth > TemplateLimits.MaxValueDepth => throw new TemplateFault(
            $"a value is nested deeper than {TemplateLimits.MaxValueDepth} levels"),
        Value.Text { IsMarkup: true } markup =>
            AppendQuoted(markup.Chars, text.Append("Markup(")).Append(')'),
        Value.Text chars => AppendQuoted(chars.Chars, text),
        Value.None => text.Append("None"),
        Value.Bool flag => text.Append(flag.Truth ? "True" : "False"),
        Value.Integer whole => text.Append(whole.Number.ToString(CultureInfo.InvariantCulture)),
        Value.Float real => text.Append(PythonFloat.Repr(real.Number)),
        Value.List list => AppendItems(text.Append('['), list.Items, depth).Append(']'),
        Value.Tuple { Items: [var only] } => Append(only, text.Append('('), depth + 1).Append(",)"),
        Value.Tuple tuple => AppendItems(text.Append('('), tuple.Items, depth).Append(')'),
        Value.View view => AppendItems(text.Append($"{view.Kind}(["), view.Items, depth).Append("])"),
        Value.Dict dict => AppendEntries(text, dict.Entries, depth),
        Value.Namespace names => AppendEntries(text.Append("<Namespace "), Keyed(names), depth)
            .Append('>'),
        _ => text.Append(Plain(value)),
    };

    private static string Plain(Value value) => value switch
    {
        Value.Undefined => "Undefined",
        Value.Range { Step: 1 } range => $"range({range.Start}, {range.Stop})",
        Value.Range range => $"range({range.Start}, {range.Stop}, {range.Step})",
        Value.Loop { State: var loop } => $"<LoopContext {loop.Index0 + 1}/{loop.Length}>",
        Value.Callable { Kind: "Macro" } macro => $"<Macro {Quote(macro.Name)}>",
        Value.Callable callable => $"<{callable.Kind} {callable.Name}>",
        _ => $"<{Describe.TypeOf(value)} object>",
    };

    private static TextBuilder AppendItems(
        TextBuilder text, ImmutableArray<Value> items, int depth)
    {
        for (var i = 0; i < items.Length; i++)
            Append(items[i], i > 0 ? text.Append(", ") : text, depth + 1);
        return text;
    }

    private static TextBuilder AppendEntries(
        TextBuilder text, IEnumerable<KeyValuePair<Value, Value>> entries, int depth)
    {
        text.Append('{');
        var separator = "";
        foreach (var (key, value) in entries)
        {
            Append(key, text.Append(separator), depth + 1);
            Append(value, text.Append(": "), depth + 1);
            separator = ", ";
        }

        return text.Append('}');
    }

    private static IEnumerable<KeyValuePair<Value, Value>> Keyed(Value.Namespace names) =>
        names.Attributes.Select(entry => KeyValuePair.Create<Value, Value>(
            new Value.Text(entry.Key), entry.Value));

    private static TextBuilder AppendQuoted(string chars, TextBuilder text)
    {
        var quote = chars.Contains('\'') && !chars.Contains('"') ? '"' : '\'';
        text.Append(quote);
        foreach (var character in CodePoints.Each(chars))
        {
            if (character[0] == quote || character[0] == '\\')
                text.Append('\\').Append(character);
            else
                text.Append(IsPrintable(character) ? character : Escape(character));
        }

        return text.Append(quote);
    }

    private static bool IsPrintable(string character) =>
        character == " "
        || CharUnicodeInfo.GetUnicodeCategory(character, 0) is not (
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator);

    private static string Escape(string character) => character switch
    {
        "\n" => @"\n",
        "\r" => @"\r",
        "\t" => @"\t",
        { Length: 2 } => $@"\U{char.ConvertToUtf32(character, 0):x8}",
        [< '\u0100'] => $@"\x{(int)character[0]:x2}",
        _ => $@"\u{(int)character[0]:x4}",
    };
}
