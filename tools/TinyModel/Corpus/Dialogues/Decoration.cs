using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>What people say around a question.</summary>
public static class Decoration
{
    private static readonly FrozenSet<string> QuestionWords =
        "When What Where Who How Which Whose Whom Why".Split(' ').ToFrozenSet();

    /// <summary>The question, at times with an opening, a closing, or written carelessly.</summary>
    public static string Of(Chooser c, string question)
    {
        var decorated = c.InTraining(0.06) ? Closed(c, Opened(c, question))
            : Decorated(c, question);
        if (c.InTraining(0.25)) decorated = Contraction.Of(decorated);
        // "whats", "its": as people type.
        return c.InTraining(0.03) ? decorated.Replace("'s ", "s ") : decorated;
    }

    private static string Decorated(Chooser c, string question) =>
        c.Dice.Weighted(61, 20, 7, 7, 5) switch
        {
            0 => question,
            1 => Opened(c, question),
            2 => Closed(c, question),
            3 => Letters.Small(question).TrimEnd('?', '.'),
            _ => Interrupted(c, question),
        };

    private static string Opened(Chooser c, string question)
    {
        var opener = c.Wrap(Phrases.Of("opener"), Name(c));
        return opener[^1] is '.' || (opener[^1] is ':' && c.Chance(0.5))
            ? $"{opener} {question}" : $"{opener} {Letters.Small(question)}";
    }

    private static string Closed(Chooser c, string question) =>
        $"{question} {c.Wrap(Phrases.Of("closer"), Name(c))}";

    // "When exactly does the cafe open?"
    private static string Interrupted(Chooser c, string question)
    {
        var words = question.Split(' ', 2);
        if (words.Length < 2 || !QuestionWords.Contains(words[0])) return question;
        var inside = c.Wrap(Phrases.Of("inside"), Name(c).With("p", PseudoWord.Lower(c)));
        return $"{words[0]} {inside} {words[1]}".Replace(" ,", ",");
    }

    private static Slots Name(Chooser c) => Slots.Of(("name", EntityMaker.PersonName(c)));
}
