using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>The methods of strings.</summary>
internal static class TextMethods
{
    public static IEnumerable<Builtin> All { get; } =
    [
        Builtin.OnText("strip(chars=)", (text, given) => PythonText.Strip(text, given.Text(0))),
        Builtin.OnText("lstrip(chars=)", (text, given) =>
            PythonText.StripStart(text, given.Text(0))),
        Builtin.OnText("rstrip(chars=)", (text, given) =>
            PythonText.StripEnd(text, given.Text(0))),
        Builtin.OnText("removeprefix(prefix)", (text, given) =>
            text.StartsWith(given.RequiredText(0), StringComparison.Ordinal)
                ? text[given.RequiredText(0).Length..]
                : text),
        Builtin.OnText("removesuffix(suffix)", (text, given) =>
            text.EndsWith(given.RequiredText(0), StringComparison.Ordinal)
                ? text[..^given.RequiredText(0).Length]
                : text),
        Builtin.OnText("upper()", (text, _) => PythonText.Upper(text)),
        Builtin.OnText("lower()", (text, _) => PythonText.Lower(text)),
        Builtin.OnText("casefold()", (text, _) =>
            PythonText.Lower(text.Replace("ß", "ss", StringComparison.Ordinal))),
        Builtin.OnText("capitalize()", (text, _) => PythonText.Capitalize(text)),
        Builtin.OnText("title()", (text, _) => PythonText.Title(text)),
        Builtin.Of("replace(old, new, count=)", Replace),
        Builtin.OnText("zfill(width)", (text, given) => ZeroFill(text, given.Whole(0, 0))),
        Builtin.OnText("ljust(width, fillchar=)", (text, given) =>
            text + Fill(Missing(text, given), given)),
        Builtin.OnText("rjust(width, fillchar=)", (text, given) =>
            Fill(Missing(text, given), given) + text),
        Builtin.OnText("center(width, fillchar=)", Center),
        Builtin.Of("join(items)", (rendering, subject, given) =>
            Join(rendering, subject, given[0]!)),
        Builtin.Of("split(sep=, maxsplit=)", (_, subject, given) => Split(subject, given)),
        Builtin.Of("rsplit(sep=, maxsplit=)", (_, subject, given) => SplitFromEnd(subject, given)),
        Builtin.Of("splitlines(keepends=)", (_, subject, given) =>
            List(subject, TextSplitting.Lines(Chars(subject), given.Flag(0)))),
        Builtin.Of("partition(sep)", (_, subject, given) =>
            Partition(subject, Separator(given)!, fromEnd: false)),
        Builtin.Of("rpartition(sep)", (_, subject, given) =>
            Partition(subject, Separator(given)!, fromEnd: true)),
        Builtin.Of("startswith(prefix, start=, end=)", (_, subject, given) =>
            Affix(subject, given, (text, some) => text.StartsWith(some, StringComparison.Ordinal))),
        Builtin.Of("endswith(suffix, start=, end=)", (_, subject, given) =>
            Affix(subject, given, (text, some) => text.EndsWith(some, StringComparison.Ordinal))),
        Builtin.Of("find(sub)", (_, subject, given) =>
            Number.Of(Find(subject, given, fromEnd: false) ?? -1)),
        Builtin.Of("rfind(sub)", (_, subject, given) =>
            Number.Of(Find(subject, given, fromEnd: true) ?? -1)),
        Builtin.Of("index(sub)", (_, subject, given) =>
            Number.Of(Find(subject, given, fromEnd: false)
                ?? throw new TemplateFault("substring not found"))),
        Builtin.Of("count(sub)", (_, subject, given) =>
            Number.Of(Count(Chars(subject), given.RequiredText(0)))),
        Is("isspace", character => PythonText.IsBlank(character)),
        Is("isalpha", IsLetter),
        Is("isdecimal", character => Category(character) == UnicodeCategory.DecimalDigitNumber),
        Is("isdigit", character => CharUnicodeInfo.GetDigitValue(character, 0) >= 0),
        Is("isnumeric", IsNumeric),
        Is("isalnum", character => IsLetter(character) || IsNumeric(character)),
        Builtin.Of("isupper()", (_, subject, _) =>
            Value.Of(PythonText.IsAllOneCase(Chars(subject), upper: true))),
        Builtin.Of("islower()", (_, subject, _) =>
            Value.Of(PythonText.IsAllOneCase(Chars(subject), upper: false))),
    ];

    private static string Chars(Value subject) => ((Value.Text)subject).Chars;

    // Pieces of markup are markup.
    private static Value.List List(Value subject, IEnumerable<string> pieces) =>
        new([.. pieces.Select(piece => (Value.Text)subject with { Chars = piece })]);

    private static Value.Text Replace(Rendering rendering, Value subject, Given given)
    {
        var text = (Value.Text)subject;
        var replacement = given[1] is Value.Text more && text.IsMarkup
            ? Markup.Escape(more)
            : given.RequiredText(1);
        return text with
        {
            Chars = PythonText.Replace(
                text.Chars, given.RequiredText(0), replacement, given.Whole(2, -1)),
        };
    }

    private static Builtin Is(string name, Func<string, bool> holds) => Builtin.Of(
        name + "()",
        (_, subject, _) => Value.Of(
            Chars(subject).Length > 0 && CodePoints.Each(Chars(subject)).All(holds)));

    private static UnicodeCategory Category(string character) =>
        CharUnicodeInfo.GetUnicodeCategory(character, 0);

    private static bool IsLetter(string character) =>
        Category(character) <= UnicodeCategory.OtherLetter;

    private static bool IsNumeric(string character) =>
        CharUnicodeInfo.GetNumericValue(character, 0) >= 0;

    private static Value.Text Join(Rendering rendering, Value separator, Value items)
    {
        var texts = rendering.Each(items).ToImmutableArray();
        var other = texts.FirstOrDefault(item => item is not Value.Text);
        return other is null
            ? Joined(rendering, (Value.Text)separator, texts)
            : throw new TemplateFault(
                $"join needs strings, not '{Describe.TypeOf(other)}'");
    }

    private static Value.Text Joined(
        Rendering rendering, Value.Text separator, ImmutableArray<Value> texts) =>
        separator with
        {
            Chars = SequenceFilters.Join(
                rendering,
                separator.IsMarkup
                    ? texts.Select(text => new Value.Text(Markup.Escape((Value.Text)text)))
                    : texts,
                separator.Chars),
        };

    private static string? Separator(Given given) => given.Text(0) is { Length: 0 }
        ? throw new TemplateFault("empty separator")
        : given.Text(0);

    private static Value.List Split(Value subject, Given given) => List(
        subject,
        Separator(given) is { } separator
            ? TextSplitting.BySeparator(Chars(subject), separator, given.Whole(1, -1))
            : TextSplitting.Words(Chars(subject), given.Whole(1, -1)));

    private static Value.List SplitFromEnd(Value subject, Given given) => Separator(given) switch
    {
        { } separator => List(
            subject,
            TextSplitting.BySeparatorFromEnd(Chars(subject), separator, given.Whole(1, -1))),
        null when given.Whole(1, -1) < 0 =>
            List(subject, TextSplitting.Words(Chars(subject), -1)),
        null => throw new TemplateFault("rsplit with a limit needs a separator here"),
    };

    private static Value.Tuple Partition(Value subject, string separator, bool fromEnd)
    {
        var text = Chars(subject);
        var at = fromEnd
            ? text.LastIndexOf(separator, StringComparison.Ordinal)
            : text.IndexOf(separator, StringComparison.Ordinal);
        string[] parts = at >= 0
            ? [text[..at], separator, text[(at + separator.Length)..]]
            : fromEnd ? ["", "", text] : [text, "", ""];
        return new(List(subject, parts).Items);
    }

    // Python takes one affix or a tuple of them, and looks at text[start:end].
    private static Value.Bool Affix(Value subject, Given given, Func<string, string, bool> has)
    {
        var text = Chars(Slicing.Slice(subject, given[1], given[2], null));
        return Value.Of(given[0] is Value.Tuple affixes
            ? affixes.Items.Any(affix => affix is Value.Text some && has(text, some.Chars))
            : has(text, given.RequiredText(0)));
    }

    private static int? Find(Value subject, Given given, bool fromEnd)
    {
        var (text, sub) = (Chars(subject), given.RequiredText(0));
        var unit = fromEnd
            ? text.LastIndexOf(sub, StringComparison.Ordinal)
            : text.IndexOf(sub, StringComparison.Ordinal);
        return unit < 0 ? null : CodePoints.IndexOfUnit(text, unit);
    }

    private static int Count(string text, string sub) => sub.Length == 0
        ? CodePoints.Count(text) + 1
        : text.AsSpan().Count(sub);

    private static int Missing(string text, Given given) =>
        Math.Max(0, given.Whole(0, 0) - CodePoints.Count(text));

    private static string Fill(int count, Given given) =>
        new TextBuilder().AppendRepeated(given.Text(1) ?? " ", count).ToString();

    private static string Center(string text, Given given)
    {
        // Where the padding is odd, Python puts the extra one left of odd widths, else right.
        var missing = Missing(text, given);
        var left = missing / 2 + (missing & given.Whole(0, 0) & 1);
        return Fill(left, given) + text + Fill(missing - left, given);
    }

    private static string ZeroFill(string text, int width)
    {
        var signed = text.StartsWith('-') || text.StartsWith('+') ? 1 : 0;
        return new TextBuilder()
            .Append(text.AsSpan(0, signed))
            .AppendRepeated("0", (long)width - CodePoints.Count(text))
            .Append(text.AsSpan(signed))
            .ToString();
    }
}
