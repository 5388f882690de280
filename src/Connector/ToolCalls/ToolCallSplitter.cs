using System.Text;

namespace SkPaged.Connector.ToolCalls;

/// <summary>
/// Takes an answer apart as it comes: text for the reader, calls for the caller. What the pieces
/// are does not matter, only the answer that they make; and no text is held back but that which
/// may yet turn out to be of a call. What looks like a call and is none, as its JSON is broken or
/// cut off, is text: nothing of an answer is lost, and no tool is called with half its arguments.
/// </summary>
internal abstract class ToolCallSplitter
{
    private readonly StringBuilder _held = new();
    private char? _awaited;

    /// <summary>Where in the answer the text at hand begins.</summary>
    protected enum Place
    {
        /// <summary>Nothing stands before it but space.</summary>
        Start,

        /// <summary>A call stands before it, with nothing but space between.</summary>
        AfterCall,

        /// <summary>Text stands before it.</summary>
        AfterText,
    }

    /// <summary>Where the text at hand begins.</summary>
    protected Place At { get; private set; } = Place.Start;

    /// <summary>Whether it begins a line.</summary>
    protected bool AtLineStart { get; private set; } = true;

    /// <summary>The next piece of the answer.</summary>
    /// <param name="piece">Any text, also empty.</param>
    /// <param name="parts">Gets the parts that are certain by now; often none.</param>
    public void Push(string piece, ICollection<SplitPart> parts)
    {
        if (_awaited is not { } awaited || piece.Contains(awaited))
            Advance(piece, isLast: false, parts);
        else
            _held.Append(piece);
    }

    /// <summary>The answer is over.</summary>
    /// <param name="parts">Gets what was held back.</param>
    public void Complete(ICollection<SplitPart> parts) => Advance("", isLast: true, parts);

    /// <summary>What the beginning of <paramref name="text"/>, never empty, is.</summary>
    /// <param name="text">All that is at hand.</param>
    /// <param name="isLast">Whether nothing follows: then it is something.</param>
    protected virtual SplitStep Next(string text, bool isLast)
    {
        if (Gap(text, isLast) is { } gap)
            return gap;
        var opening = FindOpening(text);
        if (opening >= 0)
            return opening == 0 ? Opened(text, isLast) : SplitStep.Text(opening);
        var undecided = isLast ? 0 : Undecided(text);
        return undecided == text.Length
            ? SplitStep.Wait
            : SplitStep.Text(text.Length - undecided);
    }

    /// <summary>Where the first call seems to begin; negative where none does.</summary>
    protected abstract int FindOpening(string text);

    /// <summary>Characters at the end of the text that may yet begin a call.</summary>
    protected abstract int Undecided(string text);

    /// <summary>What a text that seems to begin with a call is.</summary>
    protected abstract SplitStep Opened(string text, bool isLast);

    /// <summary>
    /// Space before a call that follows the start or another call; null where there is none.
    /// </summary>
    protected virtual SplitStep? Gap(string text, bool isLast)
    {
        if (At == Place.AfterText)
            return null;
        var space = SpaceAt(text, 0);
        if (space == text.Length)
            return !isLast ? SplitStep.Wait
                : At == Place.Start ? SplitStep.Text(space)
                : SplitStep.Space(space);
        var rest = text[space..];
        return space == 0 ? null
            : FindOpening(rest) == 0 ? SplitStep.Space(space)
            : !isLast && Undecided(rest) == rest.Length ? SplitStep.Wait
            : null;
    }

    /// <summary>Whether a character stands between calls.</summary>
    protected virtual bool IsSpace(char letter) => char.IsWhiteSpace(letter);

    /// <summary>Where the space that begins at a position ends.</summary>
    protected int SpaceAt(string text, int start)
    {
        while (start < text.Length && IsSpace(text[start]))
            start++;
        return start;
    }

    /// <summary>Only a text with this character in it can tell.</summary>
    protected SplitStep WaitFor(char letter)
    {
        _awaited = letter;
        return SplitStep.Wait;
    }

    /// <summary>Only more text can tell; if there is none, all of it is text.</summary>
    protected static SplitStep WaitOrText(string text, bool isLast) =>
        isLast ? SplitStep.Text(text.Length) : SplitStep.Wait;

    /// <summary>The length of the longest end of text that begins a mark.</summary>
    internal static int Overlap(string text, string mark)
    {
        for (var length = Math.Min(text.Length, mark.Length - 1); length > 0; length--)
            if (text.AsSpan(text.Length - length).SequenceEqual(mark.AsSpan(0, length)))
                return length;
        return 0;
    }

    private void Advance(string piece, bool isLast, ICollection<SplitPart> parts)
    {
        var text = _held.Length == 0 ? piece : _held.Append(piece).ToString();
        _held.Clear();
        _awaited = null;
        while (text.Length > 0 && Next(text, isLast) is { Length: > 0 } step)
        {
            var source = text[..step.Length];
            parts.Add(new SplitPart(step.Kind, source, step.Call));
            text = text[step.Length..];
            Note(step.Kind, source);
        }

        _held.Append(text);
    }

    private void Note(SplitKind kind, string source)
    {
        AtLineStart = source[^1] == '\n';
        At = kind switch
        {
            SplitKind.Text => Place.AfterText,
            SplitKind.Call => Place.AfterCall,
            _ => At,
        };
    }
}
