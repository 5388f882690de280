namespace SkPaged.Connector.Templates;

/// <summary>Python's ways to cut a string: by a separator, into words, into lines.</summary>
internal static class TextSplitting
{
    /// <summary>
    /// The pieces between occurrences of a separator; with a limit, the rest is the last piece.
    /// </summary>
    public static IEnumerable<string> BySeparator(string text, string separator, int limit) =>
        limit is < 0 or int.MaxValue ? text.Split(separator) : text.Split(separator, limit + 1);

    /// <summary>As <see cref="BySeparator"/>, counting from the end.</summary>
    public static IEnumerable<string> BySeparatorFromEnd(string text, string separator, int limit)
    {
        var pieces = new List<string>();
        for (var end = text.Length; ;)
        {
            var at = pieces.Count == limit
                ? -1
                : text.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            pieces.Add(at < 0 ? text[..end] : text[(at + separator.Length)..end]);
            if (at < 0)
                break;
            end = at;
        }

        pieces.Reverse();
        return pieces;
    }

    /// <summary>
    /// The runs of anything but whitespace; with a limit, the rest is the last piece.
    /// </summary>
    public static IEnumerable<string> Words(string text, int limit)
    {
        for (var start = SkipSpace(text, 0); start < text.Length; limit--)
        {
            var end = start;
            while (end < text.Length && !PythonText.IsSpace(text[end]))
                end++;
            if (limit == 0)
                end = text.Length;
            yield return text[start..end];
            start = SkipSpace(text, end);
        }
    }

    /// <summary>The lines, without their ends; a final line end opens no further line.</summary>
    public static IEnumerable<string> Lines(string text, bool keepEnds = false)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = start;
            while (end < text.Length && !IsLineEnd(text[end]))
                end++;
            var next = Math.Min(text.Length, end + 1);
            if (end + 1 < text.Length && text[end] == '\r' && text[end + 1] == '\n')
                next = end + 2;
            yield return text[start..(keepEnds ? next : end)];
            start = next;
        }
    }

    private static int SkipSpace(string text, int start)
    {
        while (start < text.Length && PythonText.IsSpace(text[start]))
            start++;
        return start;
    }

    private static bool IsLineEnd(char unit) =>
        unit is '\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e')
            or '\x85' or '\u2028' or '\u2029';
}
