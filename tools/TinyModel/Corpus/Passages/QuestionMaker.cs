namespace SkPaged.TinyModel.Corpus;

/// <summary>Asks about a passage: what it tells, and what it does not tell.</summary>
public sealed class QuestionMaker(Chooser c, Passage passage)
{
    // How often the evaluation asks for what; training does so more often where it is harder.
    private static readonly int[] Asked = [58, 13, 9, 5, 5, 5, 5];
    private static readonly int[] Practice = [45, 13, 12, 8, 9, 9, 4];

    private Question? last;

    // The longest answer: training copies longer ones than the evaluation asks for.
    private int Most => c.Split == Split.Train ? 6 : 3;

    /// <summary>A question that the passage answers. The passage must tell something.</summary>
    public Question Answerable()
    {
        while (true)
        {
            var question = c.Dice.Weighted(c.Split == Split.Train ? Practice : Asked) switch
            {
                0 => Ask(AnyFact()),
                1 => Who(AnyFact()),
                2 => Check(AnyFact()),
                3 => About(c.Dice.Pick(passage.Entities)),
                4 => Elliptic(),
                5 => Pronoun(),
                _ => You(AnyFact()),
            };
            if (question is { Answer: not null }) return Remember(question);
        }
    }

    /// <summary>Two questions in one, both answered; in training at times three.</summary>
    public Question Double()
    {
        if (c.InTraining(0.3)) return Remember(Triple());
        var (first, second) = (Ask(AnyFact()), Ask(AnyFact()));
        if (first.Text == second.Text) return Remember(first);
        var text = c.Fill(Phrases.Of("and"), Slots.Of(
            ("a", first.Text), ("b", second.Text), ("c", Letters.Small(second.Text))));
        return Remember(new Question(text, $"{first.Answer} {second.Answer}"));
    }

    private Question Triple()
    {
        var parts = Enumerable.Range(0, 3).Select(_ => Ask(AnyFact()))
            .DistinctBy(part => part.Text).ToList();
        return new Question(
            string.Join(' ', parts.Select(part => part.Text)),
            string.Join(' ', parts.Select(part => part.Answer)));
    }

    /// <summary>
    /// Two questions in the same words, of which the passage answers one; empty where it has no
    /// such pair.
    /// </summary>
    public IReadOnlyList<Question> Twins()
    {
        var pair = new TwinMaker(c, passage).Make();
        if (pair.Count > 0) Remember(pair[^1]);
        return pair;
    }

    /// <summary>
    /// A question that the passage does not answer, though it looks as if it might.
    /// </summary>
    public Question Unanswerable()
    {
        while (true)
        {
            var question = c.Dice.Weighted(38, 25, 17, 13, 4, 3) switch
            {
                0 => AskUntold(passage.Entities, TopicOfAnother()),
                1 => AskUntold(passage.Entities, null),
                2 => AskUntold([], TopicOfAnother()),
                3 => WhoUntold(),
                4 => CheckUntold(),
                _ => About(Stranger(c.Dice.Pick(EntityKinds.All))),
            };
            if (question is { Answer: null }) return Remember(question);
        }
    }

    private Question Remember(Question question) => last = question;

    private Fact AnyFact() => c.Dice.Pick(passage.Facts);

    private Question Ask(Fact fact)
    {
        var reference = Reference(fact.Subject);
        return new Question(
            AskText(fact, reference),
            Sentence(fact.Answer(c.Dice, reference)),
            (fact.Subject, reference), (fact.Topic, fact.Word));
    }

    // Indirect questions have more forms in training, so it gets more of them.
    private double Indirect => c.Split == Split.Train ? 0.35 : 0.25;

    private string AskText(Fact fact, string reference)
    {
        var (topic, slots) = (fact.Topic, fact.Slots(reference, fact.Value));
        if (c.InTraining(0.08)) return Fronted(fact, reference);
        if (topic.Noun.Practice.Length > 0 && c.InTraining(0.12)) return ByNoun(topic, slots);
        return topic.Know.Any && c.Chance(Indirect)
            ? Carried(topic.Know, slots) : Sentence(c.Fill(topic.Ask, slots));
    }

    // "About the museum: when does it open?"
    private string Fronted(Fact fact, string reference)
    {
        var question = Sentence(
            fact.Subject.InsteadOfName(c.Fill(fact.Topic.Ask, fact.Slots("{s}", fact.Value))));
        return Sentence(c.Fill(Phrases.Of("fronted"), Slots.Of(
            ("s", reference), ("S", Sentence(reference)), ("q", question),
            ("c", Letters.Small(question)))));
    }

    // "Could I have the opening time of the museum?"
    private string ByNoun(Topic topic, Slots slots)
    {
        var noun = c.Fill(topic.Noun, slots);
        return c.Wrap(Phrases.Of("nominal"),
            Slots.Of(("k", noun), ("K", Letters.Capital(noun))));
    }

    private string Carried(Forms forms, Slots slots) => c.Wrap(Phrases.Of("carrier"),
        Slots.Of(("k", c.Fill(forms, slots))));

    private Question? Who(Fact fact)
    {
        if (!fact.Topic.Who.Any || !passage.IsUnique(fact.Value)) return null;
        return new Question(
            WhoText(fact.Topic, fact.Slots("", fact.Value)),
            Sentence(fact.Answer(c.Dice, fact.Subject.Name)), (fact.Subject, fact.Subject.Name));
    }

    private string WhoText(Topic topic, Slots slots) => topic.KnowWho.Any && c.Chance(Indirect)
        ? Carried(topic.KnowWho, slots) : Sentence(c.Fill(topic.Who, slots));

    private Question? Check(Fact fact)
    {
        if (!fact.Topic.Check.Any) return null;
        var yes = c.Chance(0.5);
        var asked = yes ? fact.Value : OtherValue(fact);
        if (asked == fact.Value && !yes) return null;
        var reference = Reference(fact.Subject);
        var text = Sentence(c.Fill(fact.Topic.Check, fact.Slots(reference, asked)));
        var answer = $"{(yes ? "Yes" : "No")}, {fact.Answer(c.Dice, reference)}";
        return new Question(text, answer, (fact.Subject, reference), (fact.Topic, fact.Word));
    }

    // The value of another subject is the harder trap.
    private string OtherValue(Fact fact)
    {
        var others = passage.Facts.Where(f => f.Topic == fact.Topic && f != fact).ToList();
        return others.Count > 0 && c.Chance(0.6) ? c.Dice.Pick(others).Value
            : EntityKinds.All.Contains(fact.Topic.Value)
                ? EntityMaker.Make(c, fact.Topic.Value).Name
            : ValueMaker.Make(c, fact.Topic.Value);
    }

    private Question? About(Entity entity)
    {
        var told = passage.About(entity).ToList();
        var known = passage.Entities.Contains(entity);
        if (told.Count > Most || (told.Count == 0 && known)) return null;
        var reference = Reference(entity);
        var text = c.Fill(Phrases.Of("about"), Slots.Of(("s", reference)));
        return new Question(text, told.Count == 0 ? null
            : string.Join(' ', told.Select(fact => Sentence(fact.Answer(c.Dice, reference)))));
    }

    // "And the museum?" after a question for another opening time.
    private Question? Elliptic()
    {
        if (last?.Topic is not { } asked || last.Subject is not { } before) return null;
        var others = passage.Facts.Where(fact => fact.SameTopic(asked.Topic, asked.Word)
            && fact.Subject != before.Entity).ToList();
        if (others.Count == 0) return null;
        var fact = c.Dice.Pick(others);
        var reference = Reference(fact.Subject);
        return new Question(
            c.Fill(Phrases.Of("elliptic"), Slots.Of(("s", reference))),
            Sentence(fact.Answer(c.Dice, reference)), (fact.Subject, reference), asked);
    }

    // "And when does it close?" after a question about the same place.
    private Question? Pronoun()
    {
        if (last?.Subject is not { } before || last.Topic is null) return null;
        var facts = passage.About(before.Entity)
            .Where(f => !f.SameTopic(last.Topic.Value.Topic, last.Topic.Value.Word)).ToList();
        if (facts.Count == 0) return null;
        var fact = c.Dice.Pick(facts);
        var text =
            before.Entity.InsteadOfName(c.Fill(fact.Topic.Ask, fact.Slots("{s}", fact.Value)));
        return new Question(Sentence(text), Sentence(fact.Answer(c.Dice, before.Reference)),
            before, (fact.Topic, fact.Word));
    }

    // "When do you open?" is clear where the passage is about one place.
    private Question? You(Fact fact)
    {
        if (!fact.Topic.You.Any || passage.Entities.Count(e => e.Kind == fact.Subject.Kind) != 1)
            return null;
        return new Question(
            Sentence(c.Fill(fact.Topic.You, fact.Slots("", fact.Value))),
            Sentence(fact.Answer(c.Dice, fact.Subject.Name)),
            (fact.Subject, fact.Subject.Name), (fact.Topic, fact.Word));
    }

    private (Topic Topic, string Word)? TopicOfAnother() => passage.Facts.Count == 0 ? null
        : c.Dice.Pick(passage.Facts) is var fact ? (fact.Topic, fact.Word) : null;

    // Asks for a topic that is not told of the subject; without candidates the subject is a
    // stranger.
    private Question? AskUntold(IReadOnlyList<Entity> candidates, (Topic Topic, string Word)? asked)
    {
        var kind = asked is null ? null
            : c.Dice.Pick(EntityKinds.Of(asked.Value.Topic.Subject).ToList());
        var known = candidates.Where(e => kind is null || e.Kind == kind).ToList();
        var subject = known.Count > 0 ? c.Dice.Pick(known)
            : Stranger(kind ?? c.Dice.Pick(EntityKinds.All));
        var (topic, word) = asked ?? AnyTopic(subject.Kind);
        if (passage.Find(topic, word, subject) is not null) return null;
        var reference = Reference(subject);
        var fact = new Fact(topic, word, subject, "");
        return new Question(AskText(fact, reference), null, (subject, reference),
            (topic, word));
    }

    private (Topic, string) AnyTopic(string kind)
    {
        var topic = c.Dice.Pick(Topics.About(kind));
        return (topic, PassagePlanner.WordFor(c, topic));
    }

    private Question? WhoUntold()
    {
        var (topic, word) = TopicOfAnother() is { } told && c.Chance(0.7)
            ? told : AnyTopic(c.Dice.Pick(EntityKinds.All));
        if (!topic.Who.Any) return null;
        var value = EntityKinds.All.Contains(topic.Value)
            ? EntityMaker.Make(c, topic.Value).Name : ValueMaker.Make(c, topic.Value);
        if (passage.Facts.Any(fact => fact.Value == value)) return null;
        var fact = new Fact(topic, word, Stranger(EntityKinds.Of(topic.Subject).First()), value);
        return new Question(WhoText(topic, fact.Slots("", value)), null);
    }

    private Question? CheckUntold()
    {
        var subject = passage.Entities.Count > 0
            ? c.Dice.Pick(passage.Entities) : Stranger(c.Dice.Pick(EntityKinds.All));
        var (topic, word) = AnyTopic(subject.Kind);
        if (!topic.Check.Any || passage.Find(topic, word, subject) is not null) return null;
        var value = EntityKinds.All.Contains(topic.Value)
            ? EntityMaker.Make(c, topic.Value).Name : ValueMaker.Make(c, topic.Value);
        var fact = new Fact(topic, word, subject, value);
        return new Question(
            Sentence(c.Fill(topic.Check, fact.Slots(Reference(subject), value))), null);
    }

    private Entity Stranger(string kind)
    {
        while (true)
        {
            var entity = EntityMaker.Make(c, kind);
            if (passage.Entities.All(known =>
                known.Name != entity.Name && known.Short != entity.Short))
                return entity with { Short = entity.Name };
        }
    }

    private string Reference(Entity entity) => c.Chance(0.5) ? entity.Short : entity.Name;

    private static string Sentence(string text) => Letters.Capital(text);
}
