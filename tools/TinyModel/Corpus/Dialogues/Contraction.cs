using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes two words as one, as in speech: "What's", "I'm", "doesn't".</summary>
public static partial class Contraction
{
    /// <summary>The text with the words contracted that go together in a question.</summary>
    public static string Of(string text) =>
        Not().Replace(Self().Replace(Asked().Replace(text, "$1's $2"), match =>
            match.Value == "I am" ? "I'm" : "I'd"), "$1n't");

    /// <summary>The statement with its pronoun contracted: "It's open".</summary>
    public static string OfStatement(string text) => Not().Replace(
        Pronoun().Replace(text, match => match.Groups[1].Value
            + (match.Groups[2].Value == "will" ? "'ll" : "'s")), "$1n't");

    // "has" only where another verb follows: not "It's four doors".
    [GeneratedRegex(@"^(It|She|He) (is|will|has(?= been\b| got\b| had\b| always\b| long\b))\b")]
    private static partial Regex Pronoun();

    // Not "what it is": there the verb ends the clause.
    [GeneratedRegex(@"\b([Ww]hat|[Ww]ho|[Ww]here|[Ww]hen|[Hh]ow) is (?!it\b)(\w)")]
    private static partial Regex Asked();

    [GeneratedRegex(@"\bI (am|would)\b")]
    private static partial Regex Self();

    [GeneratedRegex(@"\b(do|does|did|is|was|would|could) not\b")]
    private static partial Regex Not();
}
