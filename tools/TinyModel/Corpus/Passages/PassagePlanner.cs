namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Decides what a passage tells: entities and facts. No two facts of a topic share a subject or a
/// value,
/// so that every question has one answer. Topics are repeated on purpose: the other opening times
/// are what
/// makes a question for one of them hard.
/// </summary>
public sealed class PassagePlanner
{
    private const double RepeatTopic = 0.6;
    private const double ReuseEntity = 0.4;

    // A crowded passage is about few kinds of things with names alike, and tells the same of each.
    private const double CrowdedRepeatTopic = 0.85;

    private readonly Chooser c;
    private readonly List<Entity> entities = [];
    private readonly List<Fact> facts = [];
    private readonly HashSet<string> names = [];
    private readonly string[] kinds;
    private readonly bool crowded;

    private PassagePlanner(Chooser c)
    {
        this.c = c;
        var all = EntityKinds.All.ToList();
        c.Dice.Shuffle(all);
        kinds = [.. all.Take(c.Dice.Between(2, 6)), "person", "place"];
        crowded = c.InTraining(0.3);
        if (crowded) kinds = kinds[..c.Dice.Between(1, 2)];
    }

    /// <summary>Plans a passage of about so many facts.</summary>
    public static (IReadOnlyList<Entity> Entities, IReadOnlyList<Fact> Facts) Plan(Chooser c,
        int facts)
    {
        var planner = new PassagePlanner(c);
        while (planner.facts.Count < facts) planner.AddSubject(facts);
        return (planner.WithUniqueShortNames(out var told), told);
    }

    /// <summary>A word for a topic that has a list, else "".</summary>
    public static string WordFor(Chooser c, Topic topic) =>
        topic.WordList is { } list ? c.Word(list) : "";

    private void AddSubject(int limit)
    {
        var silent = entities.Where(e => facts.All(fact => fact.Subject != e)).ToList();
        var subject = silent.Count > 0 && c.Chance(ReuseEntity)
            ? c.Dice.Pick(silent)
            : Fresh(c.Dice.Pick(kinds));
        var count = Math.Min(1 + c.Dice.Weighted(4, 4, 3, 2, 1), limit - facts.Count);
        for (var i = 0; i < count; i++) AddFact(subject);
    }

    private void AddFact(Entity subject)
    {
        var (topic, word) = ChooseTopic(subject);
        if (!Portion.Fits(topic, subject)) return;
        if (facts.Any(fact => fact.Subject == subject && fact.SameTopic(topic, word))) return;
        var value = EntityKinds.All.Contains(topic.Value)
            ? Partner(topic.Value, subject).Name
            : ValueMaker.Make(c, topic.Value);
        if (facts.Any(fact => fact.SameTopic(topic, word) && fact.Value == value)) return;
        facts.Add(new Fact(topic, word, subject, value));
    }

    private (Topic Topic, string Word) ChooseTopic(Entity subject)
    {
        var told = facts.Where(fact => fact.Subject.Kind == subject.Kind).ToList();
        if (told.Count > 0 && c.Chance(crowded ? CrowdedRepeatTopic : RepeatTopic))
        {
            var fact = c.Dice.Pick(told);
            return (fact.Topic, fact.Word);
        }
        var topic = c.Dice.Pick(Topics.About(subject.Kind));
        return (topic, WordFor(c, topic));
    }

    private Entity Partner(string kind, Entity subject)
    {
        var known = entities.Where(e => e.Kind == kind && e != subject).ToList();
        return known.Count > 0 && c.Chance(ReuseEntity) ? c.Dice.Pick(known) : Fresh(kind);
    }

    private Entity Fresh(string kind)
    {
        while (true)
        {
            var known = entities.Where(e => e.Kind == kind).ToList();
            var entity = known.Count > 0 && c.InTraining(crowded ? 0.4 : 0.1)
                ? Likeness.Of(c, c.Dice.Pick(known)) : EntityMaker.Make(c, kind);
            if (!names.Add(entity.Name)) continue;
            entities.Add(entity);
            return entity;
        }
    }

    // A short name may be used only where it fits one entity of the passage, and where the passage
    // says what it stands for.
    private List<Entity> WithUniqueShortNames(out List<Fact> told)
    {
        var unexplained = entities.Where(entity => entity.Introduction is not null
            && facts.All(fact => fact.Subject != entity));
        var shared = entities
            .GroupBy(entity => entity.Kind == "person" ? entity.Name.Split(' ')[0] : entity.Short)
            .Where(group => group.Count() > 1)
            .SelectMany(group => group)
            .Union(unexplained)
            .ToDictionary(entity => entity, entity => entity with { Short = entity.Name });
        told = [.. facts.Select(fact =>
            fact with { Subject = shared.GetValueOrDefault(fact.Subject, fact.Subject) })];
        return [.. entities.Select(entity => shared.GetValueOrDefault(entity, entity))];
    }
}
