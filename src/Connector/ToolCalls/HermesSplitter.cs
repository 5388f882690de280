using System.Text;

namespace SkPaged.Connector.ToolCalls;

/// <summary>Takes answers in <see cref="HermesFormat"/> apart.</summary>
/// <remarks>
/// What is held back outside a call is the longest end of the text that may yet turn out to be
/// <c>\n&lt;tool_call&gt;</c>: templates put that line break between text and call themselves, so
/// it belongs to the call. Space between calls and after them belongs to nobody.
/// </remarks>
internal sealed class HermesSplitter : ToolCallSplitter
{
    private const string Open = HermesFormat.Open;
    private const string Close = HermesFormat.Close;
    private const string OpenOnNewLine = "\n" + Open;

    private readonly StringBuilder _held = new();
    private readonly List<ToolCall> _calls = [];
    private bool _inCall;

    public override IReadOnlyList<ToolCall> Calls => _calls;

    public override string Push(string piece)
    {
        // Most pieces of most answers: nothing is held, and nothing in them can begin a call.
        if (!_inCall && _held.Length == 0 && _calls.Count == 0 && !MayBeginCall(piece))
            return piece;
        _held.Append(piece);
        return _inCall && !piece.Contains('>') ? "" : Advance();
    }

    private static bool MayBeginCall(string piece) => piece.AsSpan().IndexOfAny('<', '\n') >= 0;

    public override string Complete()
    {
        var rest = _held.ToString();
        _held.Clear();
        if (!_inCall)
            return Visible(rest);
        _inCall = false;
        return TryTake(rest) ? "" : Open + rest;
    }

    private string Advance()
    {
        var visible = "";
        while (true)
        {
            var text = _held.ToString();
            var mark = _inCall ? Close : Open;
            var at = text.IndexOf(mark, StringComparison.Ordinal);
            if (at < 0)
                return visible + (_inCall ? "" : Release(text));
            visible += _inCall ? EndCall(text[..at]) : BeginCall(text[..at]);
            _held.Clear().Append(text.AsSpan(at + mark.Length));
        }
    }

    private string BeginCall(string before)
    {
        _inCall = true;
        return Visible(before.EndsWith('\n') ? before[..^1] : before);
    }

    private string EndCall(string body)
    {
        _inCall = false;
        return TryTake(body) ? "" : Open + body + Close;
    }

    private bool TryTake(string body)
    {
        if (ToolCall.Parse(body) is not { } call)
            return false;
        _calls.Add(call);
        return true;
    }

    private string Release(string text)
    {
        if (_calls.Count > 0 && string.IsNullOrWhiteSpace(text))
            return "";
        var held = Math.Max(Overlap(text, OpenOnNewLine), Overlap(text, Open));
        _held.Clear().Append(text.AsSpan(text.Length - held));
        return text[..^held];
    }

    private string Visible(string text) =>
        _calls.Count > 0 && string.IsNullOrWhiteSpace(text) ? "" : text;

    // The length of the longest end of text that is a beginning of mark.
    private static int Overlap(string text, string mark)
    {
        for (var length = Math.Min(text.Length, mark.Length - 1); length > 0; length--)
            if (text.AsSpan(text.Length - length).SequenceEqual(mark.AsSpan(0, length)))
                return length;
        return 0;
    }
}
