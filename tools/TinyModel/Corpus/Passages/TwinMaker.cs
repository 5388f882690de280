namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes pairs of questions that differ in one thing, of which the passage answers one: for
/// another subject, or for another topic with the same kind of values.
/// </summary>
public sealed class TwinMaker(Chooser c, Passage passage)
{
    /// <summary>A pair in any order, or nothing. The passage must tell something.</summary>
    public IReadOnlyList<Question> Make()
    {
        var fact = c.Dice.Pick(passage.Facts);
        var form = c.Dice.Pick(fact.Topic.Ask.Practice);
        var told = Asked(form, fact) with
        {
            Answer = Letters.Capital(fact.Answer(c.Dice, fact.Subject.Name)),
        };
        var other = c.Chance(0.4) ? null : OtherSubject(fact);
        var twin = other is null ? OfOtherTopic(fact) : Asked(form, fact with { Subject = other });
        return twin is null ? [] : c.Chance(0.5) ? [told, twin] : [twin, told];
    }

    private Question Asked(Form form, Fact fact) => new(
        Letters.Capital(form.Fill(c.Dice, fact.Slots(fact.Subject.Name, ""))), null,
        (fact.Subject, fact.Subject.Name), (fact.Topic, fact.Word));

    // Of whom the passage does not tell it: somebody in it, or a stranger with a name like one.
    private Entity? OtherSubject(Fact fact)
    {
        var silent = passage.Entities.Where(e => e.Kind == fact.Subject.Kind
            && passage.Find(fact.Topic, fact.Word, e) is null).ToList();
        if (silent.Count > 0 && c.Chance(0.6)) return c.Dice.Pick(silent);
        var like = Likeness.Of(c, fact.Subject);
        return passage.Entities.All(e => e.Name != like.Name && e.Short != like.Name)
            ? like with { Short = like.Name } : null;
    }

    private Question? OfOtherTopic(Fact fact)
    {
        var untold = Topics.About(fact.Subject.Kind).Where(topic => topic.Value == fact.Topic.Value
            && topic != fact.Topic && topic.WordList is null
            && passage.Find(topic, "", fact.Subject) is null).ToList();
        if (untold.Count == 0) return null;
        var topic = c.Dice.Pick(untold);
        return Asked(c.Dice.Pick(topic.Ask.Practice), fact with { Topic = topic, Word = "" });
    }
}
