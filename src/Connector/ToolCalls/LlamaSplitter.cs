namespace SkPaged.Connector.ToolCalls;

/// <summary>Takes answers in <see cref="LlamaFormat"/> apart.</summary>
/// <remarks>
/// Any object that begins a line may be a call until its first key says otherwise: JSON that was
/// asked for as the answer is held back no longer than that.
/// </remarks>
internal sealed class LlamaSplitter : ToolCallSplitter
{
    private const string Tag = LlamaFormat.Tag;
    private static readonly string[] Keys = ["name", "parameters", "arguments", "type", "id"];

    protected override bool IsSpace(char letter) => letter == ';' || base.IsSpace(letter);

    protected override int FindOpening(string text)
    {
        if (text.StartsWith('{') && (AtLineStart || At != Place.AfterText))
            return 0;
        var tag = text.IndexOf(Tag, StringComparison.Ordinal);
        var line = text.IndexOf("\n{", StringComparison.Ordinal);
        return line < 0 || (tag >= 0 && tag < line) ? tag : line + 1;
    }

    protected override int Undecided(string text) => Overlap(text, Tag);

    protected override SplitStep Opened(string text, bool isLast)
    {
        var start = text[0] == '{' ? 0 : JsonSpace(text, Tag.Length);
        if (start == text.Length)
            return WaitOrText(text, isLast);
        if (text[start] != '{')
            return SplitStep.Text(start);
        if (BeginsCall(text, start) is not { } begins)
            return WaitOrText(text, isLast);
        if (!begins)
            return SplitStep.Text(start + 1);
        var end = JsonExtent.EndOf(text, start);
        return end >= 0
                ? SplitStep.CallOrText(end, ToolCall.Parse(text[start..end], onlyOf: Keys))
            : isLast ? SplitStep.Text(text.Length)
            : WaitFor('}');
    }

    // Whether the first key is one of a call; null while it may become one.
    private static bool? BeginsCall(string text, int start)
    {
        var quote = JsonSpace(text, start + 1);
        if (quote == text.Length)
            return null;
        if (text[quote] != '"')
            return false;
        var end = text.IndexOf('"', quote + 1);
        if (end >= 0)
            return Keys.Contains(text[(quote + 1)..end]);
        var begun = text[(quote + 1)..];
        return Keys.Any(key => key.StartsWith(begun, StringComparison.Ordinal)) ? null : false;
    }

    private static int JsonSpace(string text, int start)
    {
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        return start;
    }
}
