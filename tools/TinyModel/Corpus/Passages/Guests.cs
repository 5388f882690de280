namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Sentences about one subject among those about another, as people tell: "The Heron is a cafe.
/// Mira runs the Heron. It opens at 8." A pronoun goes on past them: there is one whose it can be.
/// </summary>
public static class Guests
{
    private const double PassageShare = 0.4;
    private const double HostShare = 0.6;

    /// <summary>
    /// Takes some facts out of their groups, each to be told among those of the host that is its
    /// key. Training alone has them.
    /// </summary>
    public static Dictionary<Entity, Fact> Of(
        Chooser c, IReadOnlyList<(Entity Subject, List<Fact> Facts)> groups)
    {
        var guests = new Dictionary<Entity, Fact>();
        if (!c.InTraining(PassageShare)) return guests;
        foreach (var (host, facts) in groups)
        {
            if (facts.Count == 0 || !c.Chance(HostShare)) continue;
            var fitting = groups.Where(group => !guests.ContainsKey(group.Subject))
                .SelectMany(group => group.Facts).Where(fact => Fits(fact, host)).ToList();
            var about = fitting.Where(fact => fact.Value == host.Name).ToList();
            if (about.Count > 0) fitting = about;
            if (fitting.Count == 0) continue;
            var guest = c.Dice.Pick(fitting);
            groups.Single(group => group.Subject == guest.Subject).Facts.Remove(guest);
            guests[host] = guest;
        }
        return guests;
    }

    // A person among things, or a thing among what is told of a person; and no third one to whom
    // the pronoun could belong.
    private static bool Fits(Fact fact, Entity host) =>
        fact.Subject.Pronoun == "it" != (host.Pronoun == "it")
        && fact.Subject.Introduction is null
        && (fact.Value == host.Name || !EntityKinds.All.Contains(fact.Topic.Value));
}
