using System.Text;
using System.Text.RegularExpressions;

namespace SkPaged.Connector.Templates;

/// <summary>Filters whose input is text, or is made text.</summary>
internal static partial class TextFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        Builtin.OnText("trim(chars=)", (text, given) => PythonText.Strip(text, given.Text(0))),
        Builtin.OnText("upper()", (text, _) => PythonText.Upper(text)),
        Builtin.OnText("lower()", (text, _) => PythonText.Lower(text)),
        Builtin.OnText("capitalize()", (text, _) => PythonText.Capitalize(text)),
        Builtin.Of("title()", (rendering, subject, _) =>
            new Value.Text(Title(rendering.Str(subject)))),
        Builtin.Of("replace(old, new, count=)", Replace),
        Builtin.Of("indent(width=, first=, blank=)", (_, subject, given) => Indent(subject, given)),
        Builtin.Of("wordcount()", (rendering, subject, _) =>
            Number.Of(Word().Count(rendering.Str(subject)))),
        Builtin.Of("e()", Escape),
        Builtin.Of("escape()", Escape),
        Builtin.Of("safe()", (rendering, subject, _) =>
            new Value.Text(rendering.Str(subject), IsMarkup: true)),
        new("format", Format),
    ];

    // Unlike str.title, only whitespace and opening brackets begin a word: "it's" is "It's".
    private static string Title(string text)
    {
        var built = new StringBuilder(text.Length);
        foreach (var word in WordBegin().Split(text).Where(word => word.Length > 0))
            built.Append(PythonText.Capitalize(word));
        return built.ToString();
    }

    private static Value.Text Indent(Value subject, Given given)
    {
        var text = subject as Value.Text
            ?? throw TemplateFault.On(
                subject, $"indent needs a string, not '{Describe.TypeOf(subject)}'");
        var margin = given[0] is Value.Text written
            ? written.Chars
            : new TextBuilder().AppendRepeated(" ", given.Whole(0, 4)).ToString();
        var built = new TextBuilder().Append(given.Flag(1) ? margin : "");
        var first = true;
        foreach (var line in TextSplitting.Lines(text.Chars + "\n"))
        {
            if (!first)
                built.Append('\n').Append(line.Length > 0 || given.Flag(2) ? margin : "");
            built.Append(line);
            first = false;
        }

        return text with { Chars = built.ToString() };
    }

    private static Value.Text Replace(Rendering rendering, Value subject, Given given) =>
        new(PythonText.Replace(
            rendering.Str(subject),
            given.Str(0),
            given.Str(1),
            given[2] is null or Value.None ? -1 : given.Whole(2, -1)));

    private static Value.Text Escape(Rendering rendering, Value subject, Given given)
    {
        var text = subject as Value.Text ?? new Value.Text(rendering.Str(subject));
        return new(Markup.Escape(text), IsMarkup: true);
    }

    private static Value.Text Format(Rendering rendering, Value subject, Arguments arguments)
    {
        if (!arguments.Named.IsEmpty)
            throw new TemplateFault("format takes no named arguments here");
        var values = new Value.Tuple(arguments.Positional);
        rendering.Spend(values.Weight);
        var result = new Value.Text(PercentFormat.Apply(rendering.Str(subject), values));
        rendering.SpendOnMaking(result);
        return result;
    }

    [GeneratedRegex(@"([-\s({\[<]+)")]
    private static partial Regex WordBegin();

    [GeneratedRegex(@"\w+")]
    private static partial Regex Word();
}
