namespace SkPaged.TinyModel.Corpus;

/// <summary>Writes facts as sentences and decides how the subject is referred to.</summary>
public sealed class SentenceWriter(Chooser c)
{
    private const double WholeSentence = 0.35;

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
        var says = $"{Adverb()}{c.Fill(topic.Says, fact.Slots("", fact.Value))}{Tail(fact.Value)}";
        return Finish(fact, c.Chance(0.08)
            ? c.Wrap(Phrases.Of("frame"), Noise().With("s", Reference(false)).With("p", says))
            : $"{Reference(true)} {says}.");
    }

    /// <summary>A sentence that tells two facts of the same subject, or two sentences.</summary>
    public string Two(Fact first, Fact second)
    {
        if (Topics.Together(first.Topic.Key, second.Topic.Key) is { } together && c.Chance(0.7))
            return Pair(first, second, together);
        if (!first.Topic.Says.Any || !second.Topic.Says.Any) return $"{One(first)} {One(second)}";
        if (c.InTraining(0.15)) return Relative(first, second);
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
        // "Mira's sister is Jona. She ..." could be either.
        pronounIsClear = fact.Topic.Value != fact.Subject.Kind
            && !(fact.Subject.Pronoun == "it" && EntityKinds.All.Contains(fact.Topic.Value)
                && fact.Topic.Value != "person");
        return Letters.Capital(c.Chance(0.06)
            ? c.Wrap(Phrases.Of("lead"), Noise().With("t", Letters.Following(text))) : text);
    }

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
