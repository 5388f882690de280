using System.Buffers;
using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// Cuts text at the added tokens in it: the leftmost first, of those the longest.
/// </summary>
internal sealed class AddedTokenFinder
{
    /// <summary>
    /// A token found: [Start, End) is cut out, the space that it strips included. Start may lie
    /// before the last one's End, where both strip the same space.
    /// </summary>
    public readonly record struct Found(AddedToken Token, int Start, int End, int SpellingEnd);

    private readonly Dictionary<string, AddedToken> _bySpelling = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AddedToken>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly SearchValues<string> _spellings;
    private readonly int[] _lengthsDescending;

    /// <param name="tokens">Each with the spelling to look for.</param>
    public AddedTokenFinder(IEnumerable<(string Spelling, AddedToken Token)> tokens)
    {
        foreach (var (spelling, token) in tokens)
        {
            if (spelling.Length > 0) _bySpelling[spelling] = token;
        }
        _lookup = _bySpelling.GetAlternateLookup<ReadOnlySpan<char>>();
        _spellings = SearchValues.Create([.. _bySpelling.Keys], StringComparison.Ordinal);
        _lengthsDescending =
            [.. _bySpelling.Keys.Select(each => each.Length).Distinct().OrderDescending()];
    }

    /// <summary>
    /// The next token found after <paramref name="last"/>. As in the original, the search goes on
    /// where the last spelling ended: a token may be found in the space that the last one stripped.
    /// </summary>
    public Found? Next(ReadOnlySpan<char> text, Found? last)
    {
        for (var at = last?.SpellingEnd ?? 0; at < text.Length;)
        {
            var skip = text[at..].IndexOfAny(_spellings);
            if (skip < 0) return null;
            var (start, token) = (at + skip, Longest(text[(at + skip)..], out var length));
            var end = start + length;
            at = end;
            if (token.SingleWord && (EndsInWord(text[..start]) || StartsWithWord(text[end..])))
                continue;
            if (token.LeftStrip) start = text[..start].TrimEnd().Length;
            if (token.RightStrip) end = text.Length - text[end..].TrimStart().Length;
            return new Found(token, start, end, at);
        }
        return null;
    }

    private AddedToken Longest(ReadOnlySpan<char> text, out int length)
    {
        foreach (var each in _lengthsDescending)
        {
            length = each;
            if (each <= text.Length && _lookup.TryGetValue(text[..each], out var token))
                return token;
        }
        throw new InvalidOperationException("a spelling was found that is not in the table");
    }

    private static bool EndsInWord(ReadOnlySpan<char> text) =>
        Rune.DecodeLastFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    private static bool StartsWithWord(ReadOnlySpan<char> text) =>
        Rune.DecodeFromUtf16(text, out var rune, out _) == OperationStatus.Done && IsWord(rune);

    // \w of Unicode: letters, marks, decimal and letter numbers, connectors, the two joiners.
    private static bool IsWord(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is <= UnicodeCategory.LetterNumber or UnicodeCategory.ConnectorPunctuation
        || rune.Value is 0x200C or 0x200D or >= 0x24B6 and <= 0x24E9;
}
