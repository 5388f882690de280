using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Strings as Python sees them: sequences of code points, where .NET counts UTF-16 units. They
/// differ only where surrogates occur, so strings without are handled by unit.
/// </summary>
internal static class CodePoints
{
    public static int Count(string text) =>
        HasSurrogates(text) ? text.EnumerateRunes().Count() : text.Length;

    private static readonly string[] Ascii =
        [.. Enumerable.Range(0, 128).Select(unit => ((char)unit).ToString())];

    /// <summary>The characters, each as a string of its own.</summary>
    public static IEnumerable<string> Each(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            var length = LengthAt(text, i);
            yield return text[i] < Ascii.Length ? Ascii[text[i]] : text.Substring(i, length);
            i += length;
        }
    }

    /// <summary>
    /// The code points from <paramref name="start"/>, as many as <paramref name="count"/>.
    /// </summary>
    public static string Substring(string text, int start, int count)
    {
        if (!HasSurrogates(text))
            return text.Substring(start, count);
        var from = UnitOf(text, 0, start);
        return text[from..UnitOf(text, from, count)];
    }

    /// <summary>Where the unit <paramref name="unit"/> is, counted in code points.</summary>
    public static int IndexOfUnit(string text, int unit) => Count(text[..unit]);

    /// <summary>Ordinal comparison by code point: astral characters come last.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length)
            return left.Length.CompareTo(right.Length);
        var (a, b) = (left[same], right[same]);
        return char.IsSurrogate(a) == char.IsSurrogate(b)
            ? a.CompareTo(b)
            : char.IsSurrogate(a).CompareTo(char.IsSurrogate(b));
    }

    public static bool HasSurrogates(string text) =>
        text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF');

    /// <summary>Units of the character that begins at a unit.</summary>
    public static int LengthAt(string text, int unit) => IsPair(text, unit) ? 2 : 1;

    /// <summary>Units of the character that ends before a unit.</summary>
    public static int LengthBefore(string text, int unit) => IsPair(text, unit - 2) ? 2 : 1;

    private static bool IsPair(string text, int unit) =>
        unit >= 0 && unit + 1 < text.Length && char.IsSurrogatePair(text[unit], text[unit + 1]);

    private static int UnitOf(string text, int from, int codePoints)
    {
        for (; codePoints > 0; codePoints--)
            from += LengthAt(text, from);
        return from;
    }
}
