namespace SkPaged.Connector.ToolCalls;

/// <summary>Takes answers in either form of <see cref="MistralFormat"/> apart.</summary>
internal sealed class MistralSplitter : ToolCallSplitter
{
    private const string Mark = MistralFormat.Mark;
    private bool _inArray;

    protected override int FindOpening(string text) => text.IndexOf(Mark, StringComparison.Ordinal);

    protected override int Undecided(string text) => Overlap(text, Mark);

    protected override SplitStep Next(string text, bool isLast) =>
        _inArray && InArray(text, isLast) is { } step ? step : base.Next(text, isLast);

    protected override SplitStep Opened(string text, bool isLast)
    {
        var start = SpaceAt(text, Mark.Length);
        return start == text.Length ? WaitOrText(text, isLast)
            : text[start] == '[' ? Element(text, start + 1, isLast) ?? SplitStep.Text(Mark.Length)
            : IsName(text[start]) ? Named(text, start, isLast)
            : SplitStep.Text(Mark.Length);
    }

    // After an element: a comma and another, or the end. Null: neither, and the array is over.
    private SplitStep? InArray(string text, bool isLast)
    {
        var next = SpaceAt(text, 0);
        if (next == text.Length)
            return isLast ? SplitStep.Space(next) : SplitStep.Wait;
        var step = text[next] == ',' ? Element(text, next + 1, isLast) : null;
        _inArray = step is { Kind: SplitKind.Call } or { Length: 0 };
        return step ?? (text[next] == ']' ? SplitStep.Space(next + 1) : null);
    }

    // An object of the array, with all of the text before it. Null: there is none.
    private SplitStep? Element(string text, int start, bool isLast)
    {
        start = SpaceAt(text, start);
        if (start == text.Length)
            return WaitOrText(text, isLast);
        if (text[start] != '{')
            return null;
        var step = Object(text, start, isLast, json => ToolCall.Parse(json));
        _inArray = step.Kind == SplitKind.Call;
        return step;
    }

    private SplitStep Named(string text, int start, bool isLast)
    {
        var end = NameAt(text, start);
        var id = After(text, end, MistralFormat.CallId);
        var arguments = id is { } begins ? NameAt(text, begins) : end;
        var written = id is null ? null : text[id.Value..arguments];
        arguments = SpaceAt(text, After(text, arguments, MistralFormat.Arguments) ?? arguments);
        return arguments == text.Length || IsBegun(text, arguments)
                ? WaitOrText(text, isLast)
            : text[arguments] == '{'
                ? Object(
                    text,
                    arguments,
                    isLast,
                    json => ToolCall.ParseArguments(text[start..end], written, json))
            : SplitStep.Text(Mark.Length);
    }

    private SplitStep Object(string text, int start, bool isLast, Func<string, ToolCall?> parse)
    {
        var end = JsonExtent.EndOf(text, start);
        return end >= 0 ? SplitStep.CallOrText(end, parse(text[start..end]))
            : isLast ? SplitStep.Text(text.Length)
            : WaitFor('}');
    }

    // Where a mark that stands at a position ends; null where it does not stand there.
    private static int? After(string text, int at, string mark) =>
        string.CompareOrdinal(text, at, mark, 0, mark.Length) == 0 ? at + mark.Length : null;

    // Whether all that is left of the text begins one of the marks.
    private static bool IsBegun(string text, int at) =>
        MistralFormat.CallId.StartsWith(text[at..], StringComparison.Ordinal)
        || MistralFormat.Arguments.StartsWith(text[at..], StringComparison.Ordinal);

    private static int NameAt(string text, int start)
    {
        while (start < text.Length && IsName(text[start]))
            start++;
        return start;
    }

    private static bool IsName(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.';
}
