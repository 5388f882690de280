using System.Collections.Frozen;

namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes facts as sentences and decides how the subject is referred to.</summary>
public sealed class SentenceWriter(Chooser c)
{
    private const double WholeSentence = 0.35;

    private static readonly FrozenSet<string> Auxiliaries =
        "is was has can will would may must should had".Split(' ').ToFrozenSet();

    private readonly Dictionary<string, int> mentions = [];
    private Entity? subject;
    private bool pronounIsClear;

    /// <summary>Begins a run of sentences about a subject.</summary>
    public void Begin(Entity newSubject)
    {
        if (subject != newSubject) pronounIsClear = false;
        // An introduction has already named it.
        mentions.TryAdd(newSubject.Name, newSubject.Introduction is null ? 0 : 1);
        subject = newSubject;
    }

    /// <summary>
    /// Goes back to a subject after one sentence about another, whose pronoun is not the same:
    /// "Mira runs the cafe. It opens at 8."
    /// </summary>
    public void Resume(Entity before)
    {
        Begin(before);
        pronounIsClear = true;
    }

    /// <summary>A sentence that tells one fact.</summary>
    public string One(Fact fact)
    {
        var topic = fact.Topic;
        if (topic.Tells.Any && (!topic.Says.Any || c.Chance(WholeSentence)))
            return Finish(fact, c.Fill(topic.Tells, fact.Slots(Reference(false), fact.Value)));
        var says = Placed(Adverb(), c.Fill(topic.Says, fact.Slots("", fact.Value)))
            + Tail(fact.Value);
        return Finish(fact, c.Chance(0.08)
            ? c.Wrap(Phrases.Of("frame"), Named(Noise()).With("p", says))
            : c.InTraining(0.08)
            ? c.Fill(Phrases.Of("presented"), Named(Presented()).With("p", says))
            : Spoken($"{Reference(true)} {says}."));
    }

    /// <summary>A sentence that tells two facts of the same subject, or two sentences.</summary>
    public string Two(Fact first, Fact second)
    {
        if (Topics.Together(first.Topic.Key, second.Topic.Key) is { } together && c.Chance(0.7))
            return Pair(first, second, together);
        if (!first.Topic.Says.Any || !second.Topic.Says.Any) return $"{One(first)} {One(second)}";
        if (c.InTraining(0.15)) return Relative(first, second);
        if (c.InTraining(0.3)) return Composed(first, second);
        return first.Topic.Apposition.Any
            && c.Chance(0.5) ? Beside(first, second) : Joined(first, second);
    }

    private string Pair(Fact first, Fact second, Forms together)
    {
        var slots = first.Slots("", first.Value).With("w", second.Value);
        return Finish(second, $"{Reference(true)} {c.Fill(together, slots)}{Tail(second.Value)}.");
    }

    private string Beside(Fact first, Fact second)
    {
        var apposition = c.Fill(first.Topic.Apposition, first.Slots("", first.Value));
        var says = c.Fill(second.Topic.Says, second.Slots("", second.Value));
        return Finish(second, $"{Reference(false)}, {apposition}, {says}{Tail(second.Value)}.");
    }

    // "Mira, who runs the cafe, lives in Zorv."
    private string Relative(Fact first, Fact second)
    {
        var one = c.Fill(first.Topic.Says, first.Slots("", first.Value));
        var two = c.Fill(second.Topic.Says, second.Slots("", second.Value));
        var pronoun = first.Subject.Kind == "person" ? "who" : "which";
        return Finish(second, $"{Reference(false)}, {pronoun} {one}, {two}{Tail(second.Value)}.");
    }

    // "Mira not only runs the cafe but also lives in Zorv."
    private string Composed(Fact first, Fact second)
    {
        var slots = Named(Presented())
            .With("a", c.Fill(first.Topic.Says, first.Slots("", first.Value)))
            .With("b", c.Fill(second.Topic.Says, second.Slots("", second.Value))
                + Tail(second.Value));
        // A pronoun stands behind the first fact: it must not fit that fact's value too.
        return Finish(second, c.Fill(
            Phrases.Of(IsClear(first) ? "composed" : "composed-named"), slots));
    }

    /// <summary>One sentence of three facts about the same subject.</summary>
    public string Three(Fact first, Fact second, Fact third)
    {
        Fact[] facts = [first, second, third];
        if (facts.Any(fact => !fact.Topic.Says.Any))
            return string.Join(' ', facts.Select(One));
        var said = facts.Select(fact => c.Fill(fact.Topic.Says, fact.Slots("", fact.Value)));
        var text = c.Dice.OneOf("{0}, {1} and {2}", "{0}, {1}, and {2}", "{0} and {1} and {2}",
            "{0}; {1}; {2}", "{0}, {1} and also {2}");
        return Finish(third,
            $"{Reference(true)} {Derivation.Filled(text, [.. said])}{Tail(third.Value)}.");
    }

    private string Joined(Fact first, Fact second)
    {
        var one = c.Fill(first.Topic.Says, first.Slots("", first.Value));
        var two = c.Fill(second.Topic.Says, second.Slots("", second.Value));
        var reference = Reference(true);
        return Finish(second, $"{reference} {one}{c.Dice.OneOf(" and ", " and ", ", and ")}{two}.");
    }

    private string Reference(bool pronounFits)
    {
        if (mentions[subject!.Name]++ == 0) return subject.Name;
        if (pronounFits && pronounIsClear && c.Chance(0.5)) return subject.Pronoun;
        return c.Chance(0.5) ? subject.Short : subject.Name;
    }

    private string Finish(Fact fact, string text)
    {
        pronounIsClear = IsClear(fact);
        return Letters.Capital(c.Chance(0.06) || c.InTraining(0.06)
            ? c.Wrap(Phrases.Of("lead"), Noise().With("t", Letters.Following(text))
                .With("T", Letters.Capital(text))) : text);
    }

    // "Mira's sister is Jona. She ..." could be either.
    private static bool IsClear(Fact fact) => fact.Topic.Value != fact.Subject.Kind
        && !(fact.Subject.Pronoun == "it" && EntityKinds.All.Contains(fact.Topic.Value)
            && fact.Topic.Value != "person");

    // "It's open", "She has now got": as people write who do not write books.
    private string Spoken(string sentence) =>
        c.InTraining(0.15) ? Contraction.OfStatement(sentence) : sentence;

    // Behind "is" and its like an adverb stands as well as in front of it: "is still open".
    private string Placed(string adverb, string says) =>
        adverb != "" && says.Split(' ', 2) is [var verb, var rest] && Auxiliaries.Contains(verb)
            && c.InTraining(0.7) ? $"{verb} {adverb}{rest}" : adverb + says;

    private Slots Named(Slots slots)
    {
        var reference = Reference(false);
        return slots.With("s", reference).With("S", Letters.Capital(reference));
    }

    private Slots Presented()
    {
        var isPerson = subject!.Kind == "person";
        return Noise().With("r", isPerson ? "who" : c.Dice.OneOf("which", "that"))
            .With("k", isPerson ? c.Dice.OneOf("person", "someone", "one of us") : Kind(subject))
            .With("it", subject.Pronoun);
    }

    private string Kind(Entity entity) => entity.Kind switch
    {
        "place" or "town" => c.Dice.OneOf("place", "address", "spot", "name"),
        "event" or "ride" or "project" => c.Dice.OneOf("one", "matter", "thing", "name"),
        _ => c.Dice.OneOf("thing", "piece", "one", "object"),
    };

    // Words that tell nothing, after what is told. After a value of many words they keep their
    // own: where it ends could not be told from nonsense.
    private string Tail(string value)
    {
        if (!c.Chance(0.1)) return "";
        var forms = Phrases.Of("tail");
        var plain = c.Split == Split.Train && value.Count(' '.Equals) > 1;
        var tail = plain ? c.Fill(forms, Noise()) : c.Wrap(forms, Noise());
        return $" {tail}".Replace(" ,", ",");
    }

    private string Adverb() => c.Chance(0.08)
        ? $"{c.Wrap(Phrases.Of("adverb"), Slots.Of(("p", PseudoWord.Lower(c) + "ly")))} " : "";

    private Slots Noise() => Slots.Of(("x", EntityMaker.PersonName(c)), ("y", Values.Year(c)));
}
