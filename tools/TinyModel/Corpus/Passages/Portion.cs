namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Makes up items that are no single things: "a cup of tea", "tea". Only training has them.
/// </summary>
public static class Portion
{
    private static readonly string[] Vessels = (
        "cup slice bottle glass bowl plate pot box bag pack pair piece jar can loaf portion tray "
        + "basket crate kilo pound litre mug jug tin bunch bar sack roll dozen tub ball")
        .Split(' ');

    /// <summary>An item by the portion, or one without an article.</summary>
    public static Entity Of(Chooser c)
    {
        var food = c.Word("foods");
        if (c.Chance(0.3)) return EntityMaker.Named("item", food);
        var portion = $"{(c.Chance(0.15) ? PseudoWord.Lower(c) : c.Dice.Pick(Vessels))} of {food}";
        if (c.Chance(0.3)) return EntityMaker.Article("item", portion);
        var name = EntityMaker.Indefinite(portion);
        return new("item", name, c.Chance(0.5) ? name : $"the {portion}", portion, "it");
    }

    /// <summary>Whether a topic's forms can speak of the entity: none is left of "a cup".</summary>
    public static bool Fits(Topic topic, Entity subject) => topic.Key != "stock"
        || subject.Name.StartsWith("the ", StringComparison.Ordinal);
}
