namespace SkPaged.TinyModel.Bpe;

/// <summary>Counts the words of a corpus.</summary>
public sealed class WordCounts
{
    private readonly Dictionary<string, long> all = [];
    private readonly Dictionary<string, long> spaced = [];

    /// <summary>How often each word occurs, without the space before it.</summary>
    public IReadOnlyDictionary<string, long> All => all;

    /// <summary>How often each word occurs after a space.</summary>
    public IReadOnlyDictionary<string, long> Spaced => spaced;

    /// <summary>Adds the words of a text.</summary>
    public void Add(ReadOnlySpan<char> text)
    {
        foreach (var match in Pretokenizer.Words(text))
        {
            var word = text.Slice(match.Index, match.Length);
            var afterSpace = word.Length > 1 && word[0] == ' ' && !char.IsWhiteSpace(word[1]);
            var bare = (afterSpace ? word[1..] : word).ToString();
            all[bare] = all.GetValueOrDefault(bare) + 1;
            if (afterSpace) spaced[bare] = spaced.GetValueOrDefault(bare) + 1;
        }
    }
}
