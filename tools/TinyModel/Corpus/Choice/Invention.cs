namespace SkPaged.TinyModel.Corpus;

/// <summary>Made-up words that can stand for those of a list.</summary>
public static class Invention
{
    private static readonly string[] Prepositions =
        "after for of about to on with over at in through against under".Split(' ');

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
        "regions" => $"{c.Dice.Pick(Places)} {PseudoWord.Lower(c)}",
        _ => c.Dice.Weighted(50, 18, 16, 16) switch
        {
            0 => PseudoWord.Lower(c),
            1 => $"{PseudoWord.Lower(c)} {PseudoWord.Lower(c)}",
            2 => $"{c.Listed(list)} {PseudoWord.Lower(c)}",
            _ => $"{PseudoWord.Lower(c)} {c.Listed(list)}",
        },
    };

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
