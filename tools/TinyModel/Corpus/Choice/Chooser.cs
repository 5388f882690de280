namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// Picks words, values and sentence forms from one half of the corpus. Held-out words and values
/// are
/// always drawn when the half is held out; of the sentence forms only a share, so that both can be
/// told. A
/// part of the training words is made up: a word that stands in no list must mean as much.
/// </summary>
/// <param name="dice">Where the choices come from.</param>
/// <param name="split">The half to pick from.</param>
/// <param name="pieces">
/// Letter pieces of a tokenizer, to make words of; empty before there is one.
/// </param>
/// <param name="requests">
/// Which held-out forms requests have; by default those of the first set, one time in four. Only
/// the held-out half has any.
/// </param>
public sealed class Chooser(
    Dice dice, Split split, IReadOnlyList<string>? pieces = null, RequestForms? requests = null)
{
    // From a text of everyday words to one in which every name of a thing is new.
    private static readonly double[] InventedShares = [0.05, 0.3, 0.6, 0.95];

    // Most dialogues say things as the forms do; some put in words that mean nothing.
    private static readonly double[] RewordedShares = [0, 0, 0, 0.1, 0.3];

    // How often training says a thing in a form that a rule has made, where there is one.
    private const double DerivedShare = 0.35;

    private readonly RequestForms requests = requests ?? RequestForms.First;
    private double invented = 0.25;
    private double reworded;

    /// <summary>Where the choices come from.</summary>
    public Dice Dice { get; } = dice;

    /// <summary>The half that words and values are picked from.</summary>
    public Split Split { get; } = split;

    /// <summary>Letter pieces to make words of; may be empty.</summary>
    public IReadOnlyList<string> Pieces { get; } = pieces ?? [];

    /// <summary>Whether a form that training never uses was filled since the last reset.</summary>
    public bool UsedHeldOutForm { get; set; }

    /// <summary>
    /// Begins a dialogue: how many of its words are made up is one choice for all of it.
    /// </summary>
    public void BeginDialogue()
    {
        UsedHeldOutForm = false;
        if (Split != Split.Train) return;
        (invented, reworded) = (Dice.Pick(InventedShares), Dice.Pick(RewordedShares));
    }

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Dice.Chance(probability);

    /// <summary>
    /// True with the given probability in training, never in the held-out half, whose choices
    /// stay what they are whatever training is given more of.
    /// </summary>
    public bool InTraining(double probability) => Split == Split.Train && Chance(probability);

    /// <summary>A word of a list; in training at times a made-up one in its place.</summary>
    public string Word(string list) =>
        Split == Split.Train && Chance(invented) && Invention.Of(this, list) is { } word
            ? word : InTraining(0.08) ? Listed(Invention.Kin(Dice, list)) : Listed(list);

    /// <summary>A word that stands in a list.</summary>
    public string Listed(string list) => Dice.Pick(Lexicon.Words(list, Split));

    /// <summary>
    /// One of the forms, filled, where it is only the wrapping: in training at times with words
    /// that mean nothing, so that a wrapping that was never seen does not matter either.
    /// </summary>
    public string Wrap(Forms forms, Slots slots) =>
        Fill(forms, slots, reworded > 0 ? Reworded : null);

    /// <summary>One of the forms, filled.</summary>
    public string Fill(Forms forms, Slots slots) => Fill(forms, slots, null);

    private string Fill(Forms forms, Slots slots, Func<string, string>? words)
    {
        var (unseen, share) = Unseen(forms);
        var heldOut = unseen.Length > 0 && share > 0 && Chance(share);
        UsedHeldOutForm |= heldOut;
        var seen = Split != Split.Train ? forms.Train
            : forms.Derived.Length > 0 && Chance(DerivedShare) ? forms.Derived : forms.Practice;
        return Dice.Pick(heldOut ? unseen : seen).Fill(Dice, slots, words);
    }

    // A thing with forms in the second set is a request.
    private (Form[] Forms, double Share) Unseen(Forms forms) => (Split, forms.Second.Length) switch
    {
        (Split.Train, _) => ([], 0),
        (_, 0) => (forms.HeldOut, RequestForms.OtherShare),
        _ => (requests.Second ? forms.Second : forms.HeldOut, requests.Share),
    };

    private string Reworded(string text) => string.Join(' ', text.Split(' ').Select(word =>
        word.Length > 0 && word.All(char.IsLetter) && Chance(reworded)
            ? char.IsUpper(word[0]) ? PseudoWord.Name(this) : PseudoWord.Lower(this)
            : word));

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
