namespace SkPaged.TinyModel.Corpus;

/// <summary>
/// The two halves of everything that the corpus is made of. Training sees only <see cref="Train"/>;
/// the evaluation draws its names, values and tool words from <see cref="HeldOut"/> alone.
/// </summary>
public enum Split
{
    /// <summary>What the model is trained on.</summary>
    Train,

    /// <summary>What the model has never seen.</summary>
    HeldOut,
}

/// <summary>The rule that puts a made-up word or value into one of the halves.</summary>
public static class Partition
{
    private const uint Parts = 8;

    /// <summary>
    /// The half that a generated text belongs to: one text in eight is held out. The rule is a hash of
    /// the text, so a word cannot be in both halves whatever generator it came from.
    /// </summary>
    public static Split Of(ReadOnlySpan<char> text)
    {
        var hash = 2166136261u;
        foreach (var letter in text) hash = (hash ^ char.ToLowerInvariant(letter)) * 16777619u;
        hash ^= hash >> 15;
        return (hash * 2654435769u >> 16) % Parts == 0 ? Split.HeldOut : Split.Train;
    }
}
