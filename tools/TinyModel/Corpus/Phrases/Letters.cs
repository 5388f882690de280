namespace SkPaged.TinyModel.Corpus;

/// <summary>The first letter of a sentence.</summary>
public static class Letters
{
    /// <summary>The text with its first letter in upper case.</summary>
    public static string Capital(string text) =>
        text.Length > 0 && char.IsLower(text[0]) ? char.ToUpperInvariant(text[0]) + text[1..] : text;

    /// <summary>The text as it continues a sentence: "I" keeps its size.</summary>
    public static string Small(string text) =>
        text is ['I', ' ' or '\'', ..] or "" ? text : char.ToLowerInvariant(text[0]) + text[1..];
}
