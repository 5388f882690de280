namespace SkPaged.TinyModel.Corpus;

/// <summary>Which held-out forms requests have, and how often.</summary>
/// <param name="Second">Whether they are of the second set; else of the first.</param>
/// <param name="Share">
/// In [0, 1]: how often such a form is used where there is one; 0 = training forms alone.
/// </param>
public sealed record RequestForms(bool Second, double Share)
{
    /// <summary>
    /// How often a held-out form is used where there is one, in all that is no request.
    /// </summary>
    public const double OtherShare = 0.25;

    /// <summary>Training forms alone.</summary>
    public static RequestForms Known { get; } = new(false, 0);

    /// <summary>The first set, one time in four.</summary>
    public static RequestForms First { get; } = new(false, OtherShare);
}
