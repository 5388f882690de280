using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Bpe;

/// <summary>Cuts a text into the words that the merges work in.</summary>
public static partial class Pretokenizer
{
    /// <summary>
    /// The pattern, as tokenizer.json has it: a word with the space before it, cut where small letters meet
    /// a capital (so that GetTemperature holds the word Temperature); each digit alone (so that numbers are
    /// copied digit by digit); a run of marks; line breaks; other space.
    /// </summary>
    public const string Pattern =
        @" ?\p{Lu}?\p{Ll}+| ?\p{Lu}+(?!\p{Ll})| ?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The words of a text, in order; together they are the text.</summary>
    public static Regex.ValueMatchEnumerator Words(ReadOnlySpan<char> text) => Word().EnumerateMatches(text);

    [GeneratedRegex(Pattern, RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
