namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// The forms in which one thing can be said: those for training and those held out.
/// </summary>
public sealed record Forms(Form[] Train, Form[] HeldOut)
{
    /// <summary>No form at all.</summary>
    public static Forms None { get; } = new([], []);

    /// <summary>
    /// Where the thing is a request, its forms in the second held-out set; else none.
    /// </summary>
    public Form[] Second { get; init; } = [];

    /// <summary>Whether there is a form for training.</summary>
    public bool Any => Train.Length > 0;

    /// <summary>Reads lists of forms, their items divided by bars.</summary>
    public static Forms Of(string train, string heldOut = "", string second = "") =>
        new(Parse(train), Parse(heldOut)) { Second = Parse(second) };

    private static Form[] Parse(string list) =>
        [.. Form.SplitList(list).Where(form => form != "").Select(Form.Parse)];
}
