namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Picks words, values and sentence forms from one half of the corpus. Held-out words and values are
/// always drawn when the half is held out; of the sentence forms only a share, so that both can be told.
/// </summary>
/// <param name="dice">Where the choices come from.</param>
/// <param name="split">The half to pick from.</param>
/// <param name="pieces">Letter pieces of a tokenizer, to make words of; empty before there is one.</param>
public sealed class Chooser(Dice dice, Split split, IReadOnlyList<string>? pieces = null)
{
    private const double HeldOutFormShare = 0.5;

    /// <summary>Where the choices come from.</summary>
    public Dice Dice { get; } = dice;

    /// <summary>The half that words and values are picked from.</summary>
    public Split Split { get; } = split;

    /// <summary>Letter pieces to make words of; may be empty.</summary>
    public IReadOnlyList<string> Pieces { get; } = pieces ?? [];

    /// <summary>Whether a form that training never uses was filled since the last reset.</summary>
    public bool UsedHeldOutForm { get; set; }

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Dice.Chance(probability);

    /// <summary>A word of a list.</summary>
    public string Word(string list) => Dice.Pick(Lexicon.Words(list, Split));

    /// <summary>One of the forms, filled.</summary>
    public string Fill(Forms forms, Slots slots)
    {
        var heldOut = Split == Split.HeldOut && forms.HeldOut.Length > 0
            && (!forms.Any || Chance(HeldOutFormShare));
        UsedHeldOutForm |= heldOut;
        return Dice.Pick(heldOut ? forms.HeldOut : forms.Train).Fill(Dice, slots);
    }

    /// <summary>A made-up text of this half: drawn again until the partition rule agrees.</summary>
    public string OfSplit(Func<string> make)
    {
        while (true)
        {
            var text = make();
            if (Partition.Of(text) == Split) return text;
        }
    }
}
