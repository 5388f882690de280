using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>What a piece of text came to.</summary>
/// <param name="Text">The text that may be shown; often not the piece: see the matcher.</param>
/// <param name="Stop">The stop string that ended the text; null: it goes on.</param>
public readonly record struct StopCheck(string Text, string? Stop);

/// <summary>
/// Looks for stop strings in the text of one sequence as it comes. The end of the text that may yet
/// become a stop string is held back, and no more than that; what the pieces are does not matter,
/// only the text they make. (Nothing is held back if the stop string is included in the text: it
/// will be shown in any case.) Time is linear in the text. Not thread-safe.
/// </summary>
public sealed class StopMatcher
{
    private readonly StopStrings _stops;
    private readonly StringBuilder _held = new();
    private int _node;
    private bool _ended;

    internal StopMatcher(StopStrings stops) => _stops = stops;

    /// <summary>Takes the next piece of text.</summary>
    /// <param name="piece">Any text, also empty.</param>
    /// <returns>
    /// The text that may be shown now, and the stop string if one is complete; the text after it is
    /// dropped, and the matcher takes no more.
    /// </returns>
    /// <exception cref="InvalidOperationException">
    /// After a stop string or <see cref="Finish"/>.
    /// </exception>
    public StopCheck Append(string piece)
    {
        ArgumentNullException.ThrowIfNull(piece);
        ThrowIfEnded();
        if (_stops.Strings.IsEmpty) return new(piece, null);
        for (var i = 0; i < piece.Length; i++)
        {
            _node = _stops.Step(_node, piece[i]);
            if (_stops[_node].Longest is not { } stop) continue;
            _ended = true;
            _held.Append(piece, 0, i + 1);
            return new(Release(_stops.IncludesStop ? 0 : stop.Length), stop);
        }
        if (_held.Length == 0 && _node == 0) return new(piece, null);
        _held.Append(piece);
        return new(Release(_stops.IncludesStop ? 0 : _stops[_node].Depth), null);
    }

    /// <summary>The text ends here, for another reason than a stop string.</summary>
    /// <returns>What was held back.</returns>
    /// <exception cref="InvalidOperationException">
    /// After a stop string, or when called again.
    /// </exception>
    public string Finish()
    {
        ThrowIfEnded();
        _ended = true;
        return Release(0);
    }

    // [0, shown) goes out, [shown, Length) stays: what may become a stop string.
    private string Release(int kept)
    {
        var shown = _held.Length - kept;
        if (shown == 0) return "";
        var text = _held.ToString(0, shown);
        _held.Remove(0, shown);
        return text;
    }

    private void ThrowIfEnded()
    {
        if (_ended) throw new InvalidOperationException("the text has ended");
    }
}
