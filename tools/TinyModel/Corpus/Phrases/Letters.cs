using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>The first letter of a sentence.</summary>
public static class Letters
{
    private static readonly FrozenSet<string> FirstWords = (
        "The A An At On In To For With From Since Every As If By You Our We There It Come Call Look Take Ask "
        + "Today People Many Tickets Guests Doors Phone Write Entry").Split(' ').ToFrozenSet();

    /// <summary>The text with its first letter in upper case.</summary>
    public static string Capital(string text) =>
        text.Length > 0 && char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    /// <summary>The text as it continues a sentence: "I" keeps its size.</summary>
    public static string Small(string text) =>
        text is ['I', ' ' or '\'', ..] or "" ? text : char.ToLowerInvariant(text[0]) + text[1..];

    /// <summary>The sentence as it goes on after a few words: a name keeps its capital.</summary>
    public static string Following(string sentence) =>
        FirstWords.Contains(sentence.Split(' ', 2)[0]) ? Small(sentence) : sentence;
}
