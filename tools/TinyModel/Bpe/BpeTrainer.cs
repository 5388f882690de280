namespace SkPaged.TinyModel.Bpe;

/// <summary>
/// Learns merges from word counts. The space before a word joins last: "Zorvath" falls into the same pieces
/// at the start of a JSON string as inside a sentence, which makes copying from one to the other easy.
/// </summary>
public sealed class BpeTrainer
{
    private const char Space = 'Ġ';

    private readonly List<int[]> words = [];
    private readonly List<long> counts = [];
    private readonly List<string> pieces = [];
    private readonly Dictionary<string, int> ids = [];
    private readonly Dictionary<(int, int), long> pairCounts = [];
    private readonly Dictionary<(int, int), HashSet<int>> pairWords = [];

    private BpeTrainer(IReadOnlyDictionary<string, long> wordCounts)
    {
        for (var value = 0; value < 256; value++) Id(ByteLetters.Of((byte)value).ToString());
        // The order of a dictionary is no property of the text: sort, so that one seed gives one tokenizer.
        foreach (var (word, count) in wordCounts.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            words.Add([.. ByteLetters.Encode(word).Select(letter => Id(letter.ToString()))]);
            counts.Add(count);
            Count(words.Count - 1, count);
        }
    }

    /// <summary>Learns merges inside words, then merges of a space with a word's first piece.</summary>
    /// <param name="wordCounts">How often each word occurs, without the space before it.</param>
    /// <param name="spacedCounts">How often each word occurs after a space.</param>
    /// <param name="inside">How many pieces the merges inside words make.</param>
    /// <param name="spaced">How many pieces begin with a space.</param>
    public static IReadOnlyList<Merge> Train(
        IReadOnlyDictionary<string, long> wordCounts, IReadOnlyDictionary<string, long> spacedCounts,
        int inside, int spaced)
    {
        var trainer = new BpeTrainer(wordCounts);
        var merges = new List<Merge>();
        while (trainer.pieces.Count < 256 + inside && trainer.Best() is { } pair) merges.Add(trainer.Apply(pair));
        return [.. merges, .. trainer.WithSpace(wordCounts, spacedCounts, spaced)];
    }

    private int Id(string piece)
    {
        if (ids.TryGetValue(piece, out var id)) return id;
        pieces.Add(piece);
        return ids[piece] = pieces.Count - 1;
    }

    private (int, int)? Best()
    {
        var (best, most) = ((0, 0), 1L);
        foreach (var (pair, count) in pairCounts)
        {
            // Ties go to the older pieces, whatever the order of the dictionary.
            if (count > most || (count == most && pair.CompareTo(best) < 0)) (best, most) = (pair, count);
        }
        return most > 1 ? best : null;
    }

    private Merge Apply((int Left, int Right) pair)
    {
        var merge = new Merge(pieces[pair.Left], pieces[pair.Right]);
        var joined = Id(merge.Joined);
        foreach (var word in pairWords[pair].ToList())
        {
            Count(word, -counts[word]);
            words[word] = Joined(words[word], pair, joined);
            Count(word, counts[word]);
        }
        return merge;
    }

    private void Count(int word, long change)
    {
        var symbols = words[word];
        for (var i = 1; i < symbols.Length; i++)
        {
            var pair = (symbols[i - 1], symbols[i]);
            var count = pairCounts[pair] = pairCounts.GetValueOrDefault(pair) + change;
            if (count == 0) pairCounts.Remove(pair);
            if (!pairWords.TryGetValue(pair, out var inWords)) pairWords[pair] = inWords = [];
            if (change > 0) inWords.Add(word);
            else inWords.Remove(word);
        }
    }

    private static int[] Joined(int[] symbols, (int Left, int Right) pair, int joined)
    {
        var result = new List<int>(symbols.Length);
        for (var i = 0; i < symbols.Length; i++)
        {
            var here = i + 1 < symbols.Length && symbols[i] == pair.Left && symbols[i + 1] == pair.Right;
            result.Add(here ? joined : symbols[i]);
            if (here) i++;
        }
        return [.. result];
    }

    private IEnumerable<Merge> WithSpace(
        IReadOnlyDictionary<string, long> wordCounts, IReadOnlyDictionary<string, long> spacedCounts, int limit) =>
        wordCounts.Keys.Order(StringComparer.Ordinal)
            .Select((word, i) => (First: words[i][0], Count: spacedCounts.GetValueOrDefault(word)))
            .GroupBy(entry => entry.First)
            .Select(group => (Piece: pieces[group.Key], Count: group.Sum(entry => entry.Count)))
            .OrderByDescending(entry => entry.Count)
            .ThenBy(entry => entry.Piece, StringComparer.Ordinal)
            .Take(limit)
            .Select(entry => new Merge(Space.ToString(), entry.Piece));
}
