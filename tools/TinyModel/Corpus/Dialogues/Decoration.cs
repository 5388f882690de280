namespace SkPaged.TinyModel.Corpus;

/// <summary>What people say around a question.</summary>
public static class Decoration
{
    /// <summary>The question, at times with an opening, a closing, or written carelessly.</summary>
    public static string Of(Chooser c, string question) => c.Dice.Weighted(66, 20, 7, 7) switch
    {
        0 => question,
        1 => Opened(c, question),
        2 => $"{question} {c.Fill(Phrases.Of("closer"), Name(c))}",
        _ => Letters.Small(question).TrimEnd('?', '.'),
    };

    private static string Opened(Chooser c, string question)
    {
        var opener = c.Fill(Phrases.Of("opener"), Name(c));
        return opener[^1] is '.' || (opener[^1] is ':' && c.Chance(0.5))
            ? $"{opener} {question}" : $"{opener} {Letters.Small(question)}";
    }

    private static Slots Name(Chooser c) => Slots.Of(("name", EntityMaker.PersonName(c)));
}
