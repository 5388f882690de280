using System.Text.RegularExpressions;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Somebody or something that a passage speaks of.</summary>
/// <param name="Kind">One of <see cref="EntityKinds.All"/>.</param>
/// <param name="Name">The name as it stands inside a sentence: "the Blue Heron".</param>
/// <param name="Short">A shorter way to refer to it, or the name again: "Mira", "the cafe".</param>
/// <param name="Bare">The name without an article: "apple cake".</param>
/// <param name="Pronoun">"she", "he" or "it".</param>
/// <param name="Introduction">A sentence that must come first where the short name is no part of the
/// name, or null: "The Blue Heron is a cafe."</param>
public sealed partial record Entity(
    string Kind, string Name, string Short, string Bare, string Pronoun, string? Introduction = null)
{
    private string Possessive => Pronoun switch { "she" => "her", "he" => "his", _ => "its" };

    private string Object => Pronoun switch { "she" => "her", "he" => "him", _ => "it" };

    /// <summary>A text with the pronoun in place of the mark <c>{s}</c>.</summary>
    public string InsteadOfName(string text) => AfterPreposition()
        .Replace(text.Replace("{s}'s", Possessive), "$1 " + Object)
        .Replace("{s}", Pronoun);

    [GeneratedRegex(@"\b(of|for|to|with|from|by|about|reach|call|does it take to make) \{s\}")]
    private static partial Regex AfterPreposition();
}

/// <summary>The kinds of entities.</summary>
public static class EntityKinds
{
    /// <summary>Every kind.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["person", "place", "town", "item", "event", "ride", "thing", "project"];

    /// <summary>The kinds that a topic's subject stands for: itself, or all for "any".</summary>
    public static IEnumerable<string> Of(string subject) => subject == "any" ? All : [subject];
}
