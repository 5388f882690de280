namespace SkPaged.TinyModel.Corpus;

/// <summary>Makes up entities with names of the chooser's half.</summary>
public static class EntityMaker
{
    /// <summary>A new entity of a kind.</summary>
    public static Entity Make(Chooser c, string kind) => kind switch
    {
        "person" => Person(c, PersonName(c)),
        "place" => Place(c, c.Word("place-kinds")),
        "town" => Named(kind, Town(c)),
        "item" => c.InTraining(0.3) ? Portion.Of(c) : Article(kind, Item(c)),
        "event" => Article(kind, Event(c)),
        "ride" => Article(kind, $"{c.Word("rides")} to {Town(c)}"),
        "thing" => Article(kind, Thing(c)),
        _ => Named(kind, Project(c)),
    };

    /// <summary>A person's name: first name, or first and last name.</summary>
    public static string PersonName(Chooser c) =>
        c.Chance(0.55) ? $"{FirstName(c)} {LastName(c)}" : FirstName(c);

    /// <summary>The name of a town.</summary>
    public static string Town(Chooser c) => c.Dice.Weighted(80, 12, 8) switch
    {
        0 => ProperName.Make(c),
        1 => $"{c.Dice.OneOf("New", "Old", "Port", "North", "South", "Upper", "Bad", "San")} "
            + $"{PseudoWord.Name(c)}",
        _ => $"{PseudoWord.Name(c)} {PseudoWord.Name(c)}",
    };

    /// <summary>A person with a name.</summary>
    public static Entity Person(Chooser c, string name) =>
        new("person", name, name.Split(' ')[0], name, c.Dice.OneOf("she", "he"));

    private static string FirstName(Chooser c) =>
        c.Chance(0.45) ? c.Word("first-names") : PseudoWord.Name(c);

    private static string LastName(Chooser c) =>
        c.Chance(0.3) ? c.Word("surnames") : ProperName.Make(c);

    /// <summary>A place of a kind: "cafe".</summary>
    public static Entity Place(Chooser c, string kind)
    {
        var shortName = $"the {kind}";
        string[] inside = [$"the {PseudoWord.Name(c)} {Letters.Capital(kind)}",
            $"{Letters.Capital(kind)} {PseudoWord.Name(c)}",
            $"{PseudoWord.Name(c)}'s {Letters.Capital(kind)}"];
        string[] outside = [$"the {Capital(c, "adjectives")} {Capital(c, "animals")}",
            $"the {PseudoWord.Name(c)}", ProperName.Make(c),
            $"the {Capital(c, "animals")} and {Capital(c, "animals")}"];
        if (c.Chance(0.5))
            return new Entity("place", c.Dice.Pick(inside), shortName, kind, "it");
        var name = c.InTraining(0.25)
            ? $"the {Capital(c, c.Dice.OneOf("colours", "adjectives"))} {Capital(c, "things")}"
            : c.Dice.Pick(outside);
        var introduction = c.Chance(0.5)
            ? $"{Letters.Capital(name)} is {Indefinite(kind)}."
            : $"{Letters.Capital(name)} is {Indefinite(c.Word("adjectives") + " " + kind)}.";
        return new Entity("place", name, shortName, kind, "it", introduction);
    }

    private static string Item(Chooser c) => c.Dice.Weighted(40, 30, 12, 12, 6) switch
    {
        0 => c.Word("foods"),
        1 => c.Word("goods"),
        2 => $"{c.Word("adjectives")} {c.Word("goods")}",
        3 => $"{PseudoWord.Lower(c)} {c.Word("foods").Split(' ')[^1]}",
        _ => PseudoWord.Lower(c),
    };

    private static string Event(Chooser c) => c.Dice.Weighted(35, 35, 15, 15) switch
    {
        0 => c.Word("events"),
        1 => $"{ProperName.Make(c)} {Capital(c, "events")}",
        2 => $"{c.Word("adjectives")} {c.Word("events")}",
        _ => $"{Capital(c, "animals")} {Capital(c, "events")}",
    };

    private static string Thing(Chooser c) => c.Dice.Weighted(35, 25, 20, 12, 8) switch
    {
        0 => c.Word("things"),
        1 => $"{c.Word("adjectives")} {c.Word("things")}",
        2 => $"{c.Word("colours")} {c.Word("things")}",
        3 => $"{PseudoWord.Lower(c)} {c.Word("things")}",
        _ => PseudoWord.Lower(c),
    };

    private static string Project(Chooser c) => c.Dice.OneOf(
        $"project {ProperName.Make(c)}", $"Project {PseudoWord.Name(c)}",
        $"the {PseudoWord.Name(c)} project", $"task {Values.Code(c)}", $"order {Values.Code(c)}");

    /// <summary>An entity that is always called the same, without an article.</summary>
    public static Entity Named(string kind, string name) =>
        new(kind, name, name, name, "it");

    /// <summary>An entity that is called by a noun with its article.</summary>
    public static Entity Article(string kind, string noun) =>
        new(kind, $"the {noun}", $"the {noun}", noun, "it");

    private static string Capital(Chooser c, string list) =>
        string.Join(' ', c.Word(list).Split(' ').Select(Letters.Capital));

    /// <summary>The noun with "a" or "an".</summary>
    public static string Indefinite(string noun) =>
        (noun[0] is 'a' or 'e' or 'i' or 'o' or 'u' ? "an " : "a ") + noun;
}
