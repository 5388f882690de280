namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// The forms in which one thing can be said: those for training and those held out.
/// </summary>
public sealed record Forms(Form[] Train, Form[] HeldOut)
{
    // Only training needs them.
    private Lazy<Form[]> derived = new([]);

    /// <summary>No form at all.</summary>
    public static Forms None { get; } = new([], []);

    /// <summary>
    /// Where the thing is a request, its forms in the second held-out set; else none.
    /// </summary>
    public Form[] Second { get; init; } = [];

    /// <summary>
    /// What training picks from: its forms, and more that the evaluation never uses, so that they
    /// can be added without another evaluation.
    /// </summary>
    public Form[] Practice { get; init; } = Train;

    /// <summary>
    /// Forms that a rule has made of others, for training alone: at times it picks one of these.
    /// </summary>
    public Form[] Derived => derived.Value;

    /// <summary>Whether there is a form for training.</summary>
    public bool Any => Train.Length > 0;

    /// <summary>Reads lists of forms, their items divided by bars.</summary>
    public static Forms Of(
        string train, string heldOut = "", string second = "", string trainingAlone = "")
    {
        var shared = Parse(train);
        return new(shared, Parse(heldOut))
        {
            Second = Parse(second),
            Practice = [.. shared, .. Parse(trainingAlone)],
        };
    }

    /// <summary>
    /// The same with derived forms: those that are new and can never read like a held-out one.
    /// </summary>
    public Forms With(IEnumerable<string> made) =>
        Any ? this with { derived = new(() => New(made)) } : this;

    /// <summary>The forms of training alone, with a word in the place of {o}.</summary>
    public Forms About(string word) =>
        new([.. Practice.Select(form => Form.Parse(form.Text.Replace("{o}", word)))], []);

    private Form[] New(IEnumerable<string> made)
    {
        var known = Practice.Select(form => form.Text).ToHashSet();
        var heldOut = HeldOut.Concat(Second).SelectMany(Wording.Of).ToHashSet();
        return [.. made.Where(known.Add).Select(Form.Parse)
            .Where(form => !Wording.Of(form).Any(heldOut.Contains))];
    }

    /// <summary>The same with what a rule makes of the texts of its own forms.</summary>
    public Forms WithDerived(Func<string, IEnumerable<string>> rule) =>
        With(Practice.SelectMany(form => rule(form.Text)));

    private static Form[] Parse(string list) =>
        [.. Form.SplitList(list).Where(form => form != "").Select(Form.Parse)];
}
