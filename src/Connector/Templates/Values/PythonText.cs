using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>What Python's <c>str</c> does with whitespace, lines and case.</summary>
internal static class PythonText
{
    /// <summary>Python's isspace: .NET's whitespace and the four ASCII separators.</summary>
    public static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\x1c' and <= '\x1f';

    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
        {
            if (!IsSpace(unit))
                return false;
        }

        return true;
    }

    /// <summary>Strips both ends of any of <paramref name="chars"/>, or of whitespace where it is null.</summary>
    public static string Strip(string text, string? chars) => StripStart(StripEnd(text, chars), chars);

    public static string StripStart(string text, string? chars)
    {
        var start = 0;
        while (start < text.Length && Strips(text, start, CodePoints.LengthAt(text, start), chars))
            start += CodePoints.LengthAt(text, start);
        return text[start..];
    }

    public static string StripEnd(string text, string? chars)
    {
        var end = text.Length;
        while (end > 0)
        {
            var length = CodePoints.LengthBefore(text, end);
            if (!Strips(text, end - length, length, chars))
                break;
            end -= length;
        }

        return text[..end];
    }

    /// <summary>The pieces between occurrences of a separator; with a limit, the rest is the last piece.</summary>
    public static IEnumerable<string> Split(string text, string separator, int limit) =>
        limit < 0 ? text.Split(separator) : text.Split(separator, limit + 1);

    /// <summary>As <see cref="Split"/>, counting from the end.</summary>
    public static IEnumerable<string> SplitFromEnd(string text, string separator, int limit)
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

    /// <summary>The runs of anything but whitespace; with a limit, the rest is the last piece.</summary>
    public static IEnumerable<string> SplitWords(string text, int limit)
    {
        for (var start = SkipSpace(text, 0); start < text.Length; limit--)
        {
            var end = start;
            while (end < text.Length && !IsSpace(text[end]))
                end++;
            if (limit == 0)
                end = text.Length;
            yield return text[start..end];
            start = SkipSpace(text, end);
        }
    }

    /// <summary>The lines, without their ends; a final line end opens no further line.</summary>
    public static IEnumerable<string> SplitLines(string text, bool keepEnds = false)
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

    /// <summary>Replaces the first <paramref name="count"/> occurrences, or all where it is negative.</summary>
    public static string Replace(string text, string old, string replacement, long count)
    {
        if (old.Length == 0)
            return Interleave(text, replacement, count);
        var built = new TextBuilder();
        var start = 0;
        for (; count != 0; count--)
        {
            var at = text.IndexOf(old, start, StringComparison.Ordinal);
            if (at < 0)
                break;
            built.Append(text.AsSpan(start, at - start)).Append(replacement);
            start = at + old.Length;
        }

        return built.Append(text.AsSpan(start)).ToString();
    }

    public static string Capitalize(string text) => text.Length == 0
        ? text
        : Upper(FirstCharacter(text)) + Lower(text[FirstCharacter(text).Length..]);

    /// <summary>Python's str.title: a letter is upper case exactly where none stands before it.</summary>
    public static string Title(string text)
    {
        var built = new StringBuilder(text.Length);
        var inWord = false;
        foreach (var character in CodePoints.Each(text))
        {
            built.Append(inWord ? Lower(character) : Upper(character));
            inWord = IsCased(character);
        }

        return built.ToString();
    }

    /// <summary>Whether there are cased letters and all of them are upper (or lower) case.</summary>
    public static bool IsAllOneCase(string text, bool upper)
    {
        var letters = CodePoints.Each(text).Where(IsCased).ToList();
        return letters.Count > 0
            && letters.TrueForAll(c => c == (upper ? Upper(c) : Lower(c)));
    }

    public static string Upper(string text) =>
        text.Replace("ß", "SS", StringComparison.Ordinal).ToUpperInvariant();

    public static string Lower(string text) => text.ToLowerInvariant();

    public static string FirstCharacter(string text) => CodePoints.Each(text).First();

    private static bool Strips(string text, int start, int length, string? chars) =>
        chars is null
            ? IsSpace(text[start])
            : chars.AsSpan().IndexOf(text.AsSpan(start, length), StringComparison.Ordinal) >= 0;

    private static int SkipSpace(string text, int start)
    {
        while (start < text.Length && IsSpace(text[start]))
            start++;
        return start;
    }

    private static bool IsLineEnd(char unit) =>
        unit is '\n' or '\r' or '\v' or '\f' or (>= '\x1c' and <= '\x1e')
            or '\x85' or '\u2028' or '\u2029';

    private static bool IsCased(string character) =>
        CharUnicodeInfo.GetUnicodeCategory(character, 0) is UnicodeCategory.UppercaseLetter
            or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter;

    // Replacing nothing puts the replacement before, between and after the characters.
    private static string Interleave(string text, string replacement, long count)
    {
        var built = new TextBuilder();
        var left = count < 0 ? long.MaxValue : count;
        foreach (var character in CodePoints.Each(text))
        {
            if (left-- > 0)
                built.Append(replacement);
            built.Append(character);
        }

        return (left > 0 ? built.Append(replacement) : built).ToString();
    }
}
