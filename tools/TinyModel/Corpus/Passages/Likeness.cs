namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes up entities whose names share words with another's: "the lamp" and "the green lamp".
/// They are what an answer must not take for one another.
/// </summary>
public static class Likeness
{
    /// <summary>An entity of the same kind with a name like the other's.</summary>
    public static Entity Of(Chooser c, Entity other) => other.Kind switch
    {
        "person" when other.Name.Split(' ') is [var first, var last] =>
            EntityMaker.Person(c, c.Chance(0.5)
                ? $"{first} {PseudoWord.Name(c)}" : $"{PseudoWord.Name(c)} {last}"),
        "place" => EntityMaker.Place(c, other.Bare),
        "town" => EntityMaker.Named("town", Town(c, other.Name)),
        "item" or "thing" or "event" when other.Name.StartsWith("the ", StringComparison.Ordinal) =>
            EntityMaker.Article(other.Kind, Noun(c, other.Bare)),
        "ride" when other.Bare.Split(" to ", 2) is [var ride, var town] =>
            EntityMaker.Article("ride", c.Chance(0.5)
                ? $"{ride} to {EntityMaker.Town(c)}" : $"{c.Word("rides")} to {town}"),
        _ => EntityMaker.Make(c, other.Kind),
    };

    private static string Town(Chooser c, string name) =>
        $"{c.Dice.OneOf("New", "Old", "Upper", "Lower", "Great", "Little", "East", "West")} "
        + name.Split(' ')[^1];

    // Another adjective, another noun, or an adjective more.
    private static string Noun(Chooser c, string bare) =>
        (bare.Split(' ').Length == 2 ? c.Dice.Below(3) : 2) switch
        {
            0 => $"{c.Word("adjectives")} {bare.Split(' ')[1]}",
            1 => $"{bare.Split(' ')[0]} {PseudoWord.Lower(c)}",
            _ => $"{c.Word("adjectives")} {bare}",
        };
}
