namespace SkPaged.TinyModel.Corpus;

/// <summary>Makes up values of the kinds that topics name.</summary>
public static class ValueMaker
{
    private static readonly string[] Inside = [
        "in", "in", "under", "behind", "beside", "near", "next to", "on", "above", "below",
            "inside", "outside",
        "at the back of", "on top of", "in a corner of", "by", "in front of", "at the end of"];

    private static readonly string[] Beside = [
        "next to", "behind", "opposite", "near", "in front of", "beside", "by", "across from",
            "close to",
        "not far from", "around the corner from", "above", "below", "at", "just past",
            "to the left of"];

    /// <summary>A value of a kind, as it stands inside a sentence.</summary>
    /// <exception cref="ArgumentException">No topic may name such a kind.</exception>
    public static string Make(Chooser c, string kind) => kind switch
    {
        "job" => c.Word("jobs"),
        "home" => Place(c, "in", "on", "at"),
        "where" => Where(c),
        "town" => EntityMaker.Town(c),
        "age" => Values.Age(c),
        "year" => Values.Year(c),
        "time" => Values.Time(c),
        "days" => Values.DaySpan(c),
        "day" => Values.Day(c),
        "language" => c.Word("languages"),
        "field" => c.Word("fields"),
        "room" => Room(c),
        "phone" => Values.Phone(c),
        "email" => Email(c),
        "name" => ProperName.Make(c),
        "object" => Object(c),
        "taste" => c.Word("tastes"),
        "date" => Values.MonthOrYear(c),
        "count" => Values.Count(c),
        "price" => Values.Price(c),
        "code" => Values.Code(c),
        "number" => Values.Number(c),
        "region" =>
            c.Chance(0.6) ? c.Word("regions")
                : $"{c.Dice.OneOf("near", "north of", "close to")} {PseudoWord.Name(c)}",
        "distance" => Values.Distance(c),
        "material" => c.Word("materials"),
        "colour" => c.Word("colours"),
        "weight" => Values.Weight(c),
        "shelf" => Shelf(c),
        "duration" => Values.Duration(c),
        "daydate" => c.Chance(0.6) ? Values.Day(c) : Values.Date(c),
        "hall" => Hall(c),
        "platform" =>
            $"{c.Dice.OneOf("platform", "pier", "gate", "stop", "track", "bay")} {Label(c)}",
        "spot" => $"{c.Dice.Pick(Inside)} the {c.Word("spots")}",
        "measure" => Values.Measure(c),
        "status" => c.Word("statuses"),
        "text" => AnyText(c),
        _ => throw new ArgumentException($"No topic may have values of the kind '{kind}'.",
            nameof(kind)),
    };

    private static string Place(Chooser c, string inTown, string onStreet, string atHouse) =>
        c.Dice.Weighted(45, 35, 20) switch
        {
            0 => (c.Chance(0.75)
                ? inTown
                : c.Dice.OneOf("near", "outside", "north of", "close to"))
                + " "
                + $"{EntityMaker.Town(c)}",
            1 => $"{onStreet} {Street(c)}",
            _ => $"{atHouse} {c.Dice.Between(1, 199)} {Street(c)}",
        };

    private static string Where(Chooser c) => c.Dice.Weighted(55, 45) switch
    {
        0 => Place(c, "in", "on", "at"),
        _ => $"{c.Dice.Pick(Beside)} the {c.Word("landmarks")}",
    };

    private static string Street(Chooser c) => ProperName.Make(c)
        + c.Dice.OneOf(" Street", " Road", " Lane", " Square", " Avenue", " Hill", " Quay",
            " Gasse");

    private static string Label(Chooser c) => c.OfSplit(() => c.Dice.Below(3) switch
    {
        0 => $"{c.Dice.Between(1, 40)}",
        1 => $"{(char)('A' + c.Dice.Below(12))}",
        _ => $"{c.Dice.Between(1, 20)}{(char)('a' + c.Dice.Below(6))}",
    });

    private static string Room(Chooser c) => c.Dice.Weighted(60, 40) switch
    {
        0 => $"room {Values.Code(c)}",
        _ => $"the {c.Word("spots")}",
    };

    private static string Email(Chooser c) =>
        $"{PseudoWord.Lower(c)}@{PseudoWord.Lower(c)}"
        + $".{c.Dice.OneOf("example", "org", "net", "test")}";

    private static string Object(Chooser c) => c.Dice.Weighted(35, 25, 20, 20) switch
    {
        0 => $"the {c.Word("goods")}",
        1 => $"{c.Word("adjectives")} {Plural(c.Word("goods"))}",
        2 => $"{PseudoWord.Lower(c)}s",
        _ => $"{c.Word("foods")}",
    };

    private static string Shelf(Chooser c) => c.Chance(0.7)
        ? $"shelf {Label(c)}"
        : $"the {c.Dice.OneOf("top", "lower", "left", "right", "second", "third")} shelf";

    private static string Hall(Chooser c) => c.Dice.Weighted(40, 40, 20) switch
    {
        0 => $"in the {c.Word("spots")}",
        1 => $"in the {PseudoWord.Name(c)} "
            + $"{c.Dice.OneOf("Hall", "Room", "Park", "Square", "Garden")}",
        _ => $"at the {c.Word("landmarks")}",
    };

    private static string AnyText(Chooser c) => c.Dice.Weighted(26, 16, 16, 10, 10, 12, 10) switch
    {
        0 => ProperName.Make(c),
        1 => $"{ProperName.Make(c)} {PseudoWord.Name(c)}",
        2 => Values.Code(c),
        3 => Values.Price(c),
        4 => Values.Number(c),
        5 => $"{c.Word("adjectives")} {Plural(c.Word("goods"))}",
        _ => Values.Date(c),
    };

    // "pairs of gloves"
    private static string Plural(string noun) =>
        noun.Split(" of ", 2) is [var head, var rest] ? $"{head}s of {rest}" : $"{noun}s";
}
