using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>What Python's <c>str</c> does with whitespace, lines and case.</summary>
internal static class PythonText
{
    /// <summary>Python's isspace: .NET's whitespace and the four ASCII separators.</summary>
    public static bool IsSpace(char unit) =>
        char.IsWhiteSpace(unit) || unit is >= '\x1c' and <= '\x1f';

    public static bool IsBlank(ReadOnlySpan<char> text)
    {
        foreach (var unit in text)
        {
            if (!IsSpace(unit))
                return false;
        }

        return true;
    }

    /// <summary>
    /// Strips both ends of any of <paramref name="chars"/>, or of whitespace where it is null.
    /// </summary>
    public static string Strip(string text, string? chars) =>
        StripStart(StripEnd(text, chars), chars);

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

    /// <summary>
    /// Replaces the first <paramref name="count"/> occurrences, or all where it is negative.
    /// </summary>
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

    /// <summary>
    /// Python's str.title: a letter is upper case exactly where none stands before it.
    /// </summary>
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

    /// <summary>
    /// Whether there are cased letters and all of them are upper (or lower) case.
    /// </summary>
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
