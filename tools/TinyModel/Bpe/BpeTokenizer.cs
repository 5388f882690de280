using System.Text;

namespace SkPaged.TinyModel.Bpe;

/// <summary>
/// Byte-level BPE, made for speed on one thread: words that were seen before come from a cache.
/// Training
/// uses this one; the connector's tokenizer reads the same file and must give the same ids.
/// </summary>
public sealed class BpeTokenizer
{
    private const int CacheLimit = 400_000;

    private readonly Dictionary<string, int[]> cache = [];
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> cached;
    private readonly Dictionary<long, (int Rank, int Joined)> ranks = [];
    private readonly Vocabulary vocabulary;

    /// <summary>A tokenizer with the given vocabulary.</summary>
    public BpeTokenizer(Vocabulary vocabulary)
    {
        this.vocabulary = vocabulary;
        for (var rank = 0; rank < vocabulary.Merges.Count; rank++)
        {
            var merge = vocabulary.Merges[rank];
            var pair = Key(vocabulary.Id(merge.Left), vocabulary.Id(merge.Right));
            ranks.TryAdd(pair, (rank, vocabulary.Id(merge.Joined)));
        }
        cached = cache.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>How many ids there are.</summary>
    public int VocabularySize => vocabulary.Pieces.Count;

    /// <summary>The id of a special token.</summary>
    public int Special(string token) => vocabulary.Id(token);

    /// <summary>Short pieces of plain letters, to make words of.</summary>
    public IReadOnlyList<string> LetterPieces() =>
        [.. vocabulary.Pieces.Take(vocabulary.FirstSpecial)
        .Where(piece => piece.Length <= 5 && piece.All(char.IsAsciiLetter))];

    /// <summary>Appends the ids of a text, special tokens included.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> ids)
    {
        while (text.Length > 0)
        {
            var (start, index) = NextSpecial(text);
            EncodePlain(text[..start], ids);
            if (index < 0) return;
            ids.Add(vocabulary.FirstSpecial + index);
            text = text[(start + SpecialTokens.All[index].Length)..];
        }
    }

    /// <summary>The text of ids.</summary>
    public string Decode(IEnumerable<int> ids) =>
        Encoding.UTF8.GetString([.. ids.SelectMany(Bytes)]);

    /// <summary>The UTF-8 bytes of an id; a letter may be cut between two ids.</summary>
    public byte[] Bytes(int id)
    {
        var piece = vocabulary.Pieces[id];
        return id >= vocabulary.FirstSpecial
            ? Encoding.UTF8.GetBytes(piece) : [.. piece.Select(ByteLetters.ByteOf)];
    }

    private static (int Start, int Index) NextSpecial(ReadOnlySpan<char> text)
    {
        for (var start = 0; ; start++)
        {
            var next = text[start..].IndexOf('<');
            if (next < 0) return (text.Length, -1);
            start += next;
            for (var index = 0; index < SpecialTokens.All.Length; index++)
                if (text[start..].StartsWith(SpecialTokens.All[index], StringComparison.Ordinal))
                    return (start, index);
        }
    }

    private void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        foreach (var match in Pretokenizer.Words(text))
            ids.AddRange(EncodeWord(text.Slice(match.Index, match.Length)));
    }

    private int[] EncodeWord(ReadOnlySpan<char> word)
    {
        if (cached.TryGetValue(word, out var ids)) return ids;
        if (cache.Count >= CacheLimit) cache.Clear();
        return cache[word.ToString()] = Merged(word);
    }

    private int[] Merged(ReadOnlySpan<char> word)
    {
        Span<byte> bytes = stackalloc byte[Math.Min(word.Length * 4, 1024)];
        if (word.Length > 256) bytes = new byte[word.Length * 4];
        var count = Encoding.UTF8.GetBytes(word, bytes);
        var symbols = new List<int>(count);
        foreach (var value in bytes[..count]) symbols.Add(value);
        while (symbols.Count > 1)
        {
            var (best, at) = ((Rank: int.MaxValue, Joined: 0), -1);
            for (var i = 1; i < symbols.Count; i++)
            {
                if (ranks.TryGetValue(Key(symbols[i - 1], symbols[i]), out var merge)
                    && merge.Rank < best.Rank)
                    (best, at) = (merge, i);
            }
            if (at < 0) break;
            symbols[at - 1] = best.Joined;
            symbols.RemoveAt(at);
        }
        return [.. symbols];
    }

    private static long Key(int left, int right) => ((long)left << 32) | (uint)right;
}
