namespace SkPaged.Connector.ToolCalls;

/// <summary>Takes answers in <see cref="HermesFormat"/> apart.</summary>
/// <remarks>
/// Templates put a line break between text and call themselves, so that one belongs to the call.
/// </remarks>
internal sealed class HermesSplitter : ToolCallSplitter
{
    private const string Open = HermesFormat.Open;
    private const string Close = HermesFormat.Close;
    private const string OpenOnNewLine = "\n" + Open;

    protected override int FindOpening(string text)
    {
        var at = text.IndexOf(Open, StringComparison.Ordinal);
        return at > 0 && text[at - 1] == '\n' ? at - 1 : at;
    }

    protected override int Undecided(string text) =>
        Math.Max(Overlap(text, OpenOnNewLine), Overlap(text, Open));

    // Space at the start is text, but for the line break of a call.
    protected override SplitStep? Gap(string text, bool isLast) =>
        At == Place.Start ? null : base.Gap(text, isLast);

    protected override SplitStep Opened(string text, bool isLast)
    {
        var body = text.IndexOf(Open, StringComparison.Ordinal) + Open.Length;
        var close = text.IndexOf(Close, body, StringComparison.Ordinal);
        return close >= 0
                ? SplitStep.CallOrText(close + Close.Length, ToolCall.Parse(text[body..close]))
            : isLast ? SplitStep.CallOrText(text.Length, ToolCall.Parse(text[body..]))
            : WaitFor('>');
    }
}
