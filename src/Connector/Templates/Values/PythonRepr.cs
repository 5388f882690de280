using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;

namespace SkPaged.Connector.Templates;

/// <summary>Python's <c>str()</c> and <c>repr()</c>.</summary>
internal static class PythonRepr
{
    // What stands for itself whatever the quotes are.
    private static readonly SearchValues<char> PlainAscii = SearchValues.Create(string.Concat(
        Enumerable.Range(' ', '~' - ' ' + 1).Select(unit => (char)unit).Except("'\"\\")));

    // Escapes of the first 256 characters, null for the printable ones.
    private static readonly string?[] Latin = [.. Enumerable.Range(0, 256)
        .Select(unit => IsPrintable([(char)unit]) ? null : $@"\x{unit:x2}")];

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
        // Namespaces can hold themselves.
        _ when depth > TemplateLimits.MaxValueDepth => throw Nesting.TooDeep(),
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
        Value.View view =>
            AppendItems(text.Append($"{view.Kind}(["), view.Items, depth).Append("])"),
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
        for (var rest = chars.AsSpan(); rest.Length > 0;)
        {
            var plain = rest.IndexOfAnyExcept(PlainAscii);
            if (plain < 0)
                plain = rest.Length;
            text.Append(rest[..plain]);
            rest = rest[plain..];
            if (rest.Length == 0)
                break;
            var length = rest.Length > 1 && char.IsSurrogatePair(rest[0], rest[1]) ? 2 : 1;
            text.Append(Escape(rest[..length], quote) ?? rest[..length]);
            rest = rest[length..];
        }

        return text.Append(quote);
    }

    /// <summary>
    /// What stands for a character within quotes; null where it stands for itself.
    /// </summary>
    private static string? Escape(ReadOnlySpan<char> character, char quote) => character switch
    {
        "\\" => @"\\",
        "\n" => @"\n",
        "\r" => @"\r",
        "\t" => @"\t",
        [var unit] when unit == quote => $@"\{quote}",
        [< '\u0100' and var unit] => Latin[unit],
        _ when IsPrintable(character) => null,
        [var unit] => $@"\u{(int)unit:x4}",
        _ => $@"\U{char.ConvertToUtf32(character[0], character[1]):x8}",
    };

    private static bool IsPrintable(ReadOnlySpan<char> character)
    {
        var category = character.Length == 2
            ? CharUnicodeInfo.GetUnicodeCategory(char.ConvertToUtf32(character[0], character[1]))
            : CharUnicodeInfo.GetUnicodeCategory(character[0]);
        return character is " " || category is not (UnicodeCategory.Control
            or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
    }
}
