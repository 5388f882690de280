using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Made-up words that can stand for those of a list.</summary>
public static class Invention
{
    private static readonly string[] Prepositions =
        "after for of about to on with over at in through against under".Split(' ');

    // Lists whose words may be made of several with small words between: "coat of paint".
    private static readonly FrozenSet<string> Compounds = (
        "attributes statuses tastes spots landmarks jobs foods goods things materials events")
        .Split(' ').ToFrozenSet();

    private static readonly string[] Joints =
        ["of", "of", "of the", "in", "in the", "for", "for a", "with", "with a", "on the", "to",
            "from", "under the", "and"];

    private static readonly string[] States = [
        "waiting for a {0}", "waiting for the {0}", "in its {0} {1}", "in the {0}", "out of {0}",
        "under a {0}", "close to a {0}", "on its way to the {0}", "at the {0}", "not yet {0}",
        "short of {0}", "as good as {0}", "half {0}", "open to {0}", "in need of a {0}",
        "stuck in the {0}", "down to the last {0}", "ready for the {0}"];

    private static readonly string[] Places = [
        "in the", "near the", "behind the", "beyond the", "above the", "below the",
            "at the foot of the",
        "at the end of the", "on the", "under the", "outside the", "far from the", "on top of the"];

    /// <summary>
    /// A made-up word for a list, or null where the list's words cannot be made up.
    /// </summary>
    public static string? Of(Chooser c, string list) => list switch
    {
        "first-names" or "surnames" => null,
        "languages" => PseudoWord.Name(c),
        "verbs" or "tool-verbs" or "place-kinds" or "animals" or "colours" => PseudoWord.Lower(c),
        "phrasal-verbs" => $"{PseudoWord.Lower(c)} {c.Dice.Pick(Prepositions)}",
        "past-verbs" => Past(PseudoWord.Lower(c)),
        "options" =>
            string.Join(' ',
                Enumerable.Range(0, c.Dice.Between(2, 4)).Select(_ => PseudoWord.Lower(c))),
        "statuses" when c.Chance(0.3) => string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            c.Dice.Pick(States), PseudoWord.Lower(c), PseudoWord.Lower(c)),
        "regions" => $"{c.Dice.Pick(Places)} {PseudoWord.Lower(c)}",
        _ when Compounds.Contains(list) && c.Chance(0.2) => Compound(c, list),
        _ => c.Dice.Weighted(50, 18, 16, 16) switch
        {
            0 => PseudoWord.Lower(c),
            1 => $"{PseudoWord.Lower(c)} {PseudoWord.Lower(c)}",
            2 => $"{c.Listed(list)} {PseudoWord.Lower(c)}",
            _ => $"{PseudoWord.Lower(c)} {c.Listed(list)}",
        },
    };

    private static readonly string[][] Families = [
        ["goods", "things", "animals", "foods", "materials"],
        ["spots", "landmarks", "place-kinds"], ["jobs", "relatives"],
        ["adjectives", "colours", "materials"], ["events", "tastes"]];

    /// <summary>
    /// A list whose words can stand for those of another, so that a word is not tied to one kind
    /// of thing; the list itself where there is none.
    /// </summary>
    public static string Kin(Dice dice, string list) =>
        Array.Find(Families, family => family.Contains(list)) is { } family
            ? dice.Pick(family) : list;

    private static string Compound(Chooser c, string list)
    {
        var first = c.Chance(0.5) ? c.Listed(list) : PseudoWord.Lower(c);
        var last = c.Chance(0.3) ? c.Listed(list) : PseudoWord.Lower(c);
        return $"{first} {c.Dice.Pick(Joints)} {last}";
    }

    private static string Past(string verb)
    {
        var past = verb[^1] switch
        {
            'e' => verb + "d",
            'y' => verb[..^1] + "ied",
            _ => verb + "ed",
        };
        return $"{verb} {past} {past}";
    }
}
