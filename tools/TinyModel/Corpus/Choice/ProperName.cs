namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Names of more shapes than one made-up word: "Tarn-Ovi", "O'Brelk", "van der Miro", "K2".
/// </summary>
public static class ProperName
{
    private const double ShapedShare = 0.12;

    private static readonly string[] Particles =
        ["van ", "van der ", "von ", "de ", "de la ", "di ", "El ", "Le ", "La ", "St. ", "Mac"];

    /// <summary>A made-up name; in training at times one of another shape.</summary>
    public static string Make(Chooser c)
    {
        if (!c.InTraining(ShapedShare)) return PseudoWord.Name(c);
        var name = PseudoWord.Name(c);
        return c.Dice.Weighted(30, 15, 10, 15, 10, 8, 7, 5) switch
        {
            0 => $"{name}-{PseudoWord.Name(c)}",
            1 => $"{c.Dice.OneOf("O", "D", "L", "Mc", "N")}'{name}",
            2 => $"{name}'{PseudoWord.Lower(c)}",
            3 => c.Dice.Pick(Particles) + name,
            4 => $"{name}{c.Dice.Between(2, 99)}",
            5 => name.ToUpperInvariant(),
            6 => name + PseudoWord.Name(c),
            _ => $"{name}-{PseudoWord.Lower(c)}",
        };
    }
}
