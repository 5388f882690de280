using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>What two forms have in common: the words, whatever their marks and spelling.</summary>
public static partial class Wording
{
    /// <summary>
    /// All that a form can read, each slot under its own name, without what is only another
    /// spelling of the same words.
    /// </summary>
    public static IEnumerable<string> Of(Form form) => form.Readings(Named(form)).Select(Plain)
        .Distinct();

    private static Slots Named(Form form) => Slots.Of([.. Slot().Matches(form.Text)
        .Select(match => (match.Groups[1].Value, $"Q{match.Groups[1].Value}"))]);

    private static string Plain(string text) => Marks().Replace(text.ToLowerInvariant()
        .Replace("'s ", " is ").Replace("'re ", " are ").Replace("'ll ", " will ")
        .Replace("'d ", " would ").Replace("i'm ", "i am ").Replace("let's ", "let us ")
        .Replace("n't ", " not "), " ").Trim();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Slot();

    [GeneratedRegex(@"\W+")]
    private static partial Regex Marks();
}
