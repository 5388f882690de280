using System.Text;
using SkPaged.Connector.ToolCalls;

namespace SkPaged.Connector.Reasoning;

/// <summary>
/// Takes <c>&lt;think&gt; ... &lt;/think&gt;</c> off the beginning of an answer as it comes. Marks
/// and the space around them are nobody's. What the pieces are does not matter, only the answer
/// that they make. Without a closing mark all of the answer is reasoning.
/// </summary>
internal sealed class ReasoningSplitter(ReasoningStart start)
{
    public const string Open = "<think>";
    public const string Close = "</think>";

    private readonly StringBuilder _held = new();
    private State _state = start switch
    {
        ReasoningStart.IfMarked => State.Before,
        ReasoningStart.Begun => State.Opened,
        _ => State.Over,
    };

    private enum State
    {
        /// <summary>Nothing but space came: the mark may follow.</summary>
        Before,

        /// <summary>After the mark: space may follow.</summary>
        Opened,

        /// <summary>In the reasoning.</summary>
        Inside,

        /// <summary>After the closing mark: space may follow.</summary>
        Closed,

        /// <summary>All the rest is the answer.</summary>
        Over,
    }

    /// <summary>Whether the answer itself has not begun.</summary>
    public bool IsReasoning => _state is State.Opened or State.Inside or State.Closed;

    /// <summary>The next piece of the answer.</summary>
    /// <param name="piece">Any text, also empty.</param>
    /// <param name="parts">Gets the parts that are certain by now; often none.</param>
    public void Push(string piece, ICollection<SplitPart> parts)
    {
        var text = _held.Length == 0 ? piece : _held.Append(piece).ToString();
        _held.Clear();
        while (text.Length > 0 && Next(text) is ({ Length: > 0 } step, var state))
        {
            Add(step.Kind, text[..step.Length], parts);
            (text, _state) = (text[step.Length..], state);
        }

        _held.Append(text);
    }

    /// <summary>The answer is over.</summary>
    /// <param name="parts">Gets what was held back.</param>
    public void Complete(ICollection<SplitPart> parts)
    {
        var kind = _state switch
        {
            State.Inside => SplitKind.Reasoning,
            State.Opened or State.Closed => SplitKind.Space,
            _ => SplitKind.Text,
        };
        Add(kind, _held.ToString(), parts);
        _held.Clear();
    }

    private (SplitStep Step, State Next) Next(string text) =>
        _state switch
        {
            State.Before => Begin(text),
            State.Opened => SkipSpace(text, State.Inside),
            State.Inside => Think(text),
            State.Closed => SkipSpace(text, State.Over),
            _ => (SplitStep.Text(text.Length), State.Over),
        };

    private static (SplitStep, State) Begin(string text)
    {
        var rest = text.AsSpan().TrimStart();
        return rest.StartsWith(Open)
                ? (SplitStep.Space(text.Length - rest.Length + Open.Length), State.Opened)
            : Open.AsSpan().StartsWith(rest) ? (SplitStep.Wait, State.Before)
            : (SplitStep.Text(text.Length), State.Over);
    }

    // Where there is none the next state reads on without it.
    private (SplitStep, State) SkipSpace(string text, State next)
    {
        var space = text.Length - text.AsSpan().TrimStart().Length;
        if (space < text.Length)
            _state = next;
        return space == 0 ? Next(text)
            : space == text.Length ? (SplitStep.Wait, _state)
            : (SplitStep.Space(space), next);
    }

    // [0, end) is reasoning, then space, then the closing mark or what may yet become it.
    private static (SplitStep, State) Think(string text)
    {
        var close = text.IndexOf(Close, StringComparison.Ordinal);
        var mark = close >= 0 ? close : text.Length - ToolCallSplitter.Overlap(text, Close);
        var end = text.AsSpan(0, mark).TrimEnd().Length;
        return end > 0 ? (new SplitStep(SplitKind.Reasoning, end, null), State.Inside)
            : close >= 0 ? (SplitStep.Space(close + Close.Length), State.Closed)
            : (SplitStep.Wait, State.Inside);
    }

    private static void Add(SplitKind kind, string source, ICollection<SplitPart> parts)
    {
        if (source.Length > 0)
            parts.Add(new SplitPart(kind, source, null));
    }
}
