namespace SkPaged.TinyModel.Corpus;

/// <summary>A text, what it tells and of whom.</summary>
/// <param name="Entities">Everyone and everything that the text names.</param>
/// <param name="Facts">What it tells, in the order of the text.</param>
/// <param name="Text">The text.</param>
public sealed record Passage(
    IReadOnlyList<Entity> Entities, IReadOnlyList<Fact> Facts, string Text)
{
    /// <summary>A passage that tells nothing.</summary>
    public static Passage Empty { get; } = new([], [], "");

    /// <summary>What is told of a subject, in the order of the text.</summary>
    public IEnumerable<Fact> About(Entity subject) => Facts.Where(fact => fact.Subject == subject);

    /// <summary>The fact of a topic about a subject, or null where the text does not tell.</summary>
    public Fact? Find(Topic topic, string word, Entity subject) =>
        Facts.FirstOrDefault(fact => fact.Subject == subject && fact.SameTopic(topic, word));

    /// <summary>Whether a value is told exactly once, so that one may ask whose it is.</summary>
    public bool IsUnique(string value) => Facts.Count(fact => fact.Value == value) == 1;
}
