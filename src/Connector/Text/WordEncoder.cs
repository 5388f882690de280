using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Text;

/// <summary>
/// Pieces to tokens: cuts where the model allows it, remembers the words it has met, and spells
/// bytes as letters for a byte-level model. Thread-safe.
/// </summary>
internal sealed class WordEncoder(Bpe bpe, bool byteLevel)
{
    // At most about 10 MB. First come, first kept: ordinary words come first and often.
    private const int WordsCachedMax = 1 << 16;
    private const int CachedWordLengthMax = 24;
    private const int StackLetters = 256;

    private readonly ConcurrentDictionary<string, TokenId[]> _cache = new(StringComparer.Ordinal);
    private int _wordsCached;

    public void Encode(ReadOnlySpan<char> piece, List<TokenId> into)
    {
        var cache = _cache.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int start = 0, end; start < piece.Length; start = end)
        {
            end = bpe.NextCut(piece, start);
            var word = piece[start..end];
            if (!cache.TryGetValue(word, out var tokens))
            {
                tokens = Tokens(word);
                Remember(word, tokens);
            }
            into.AddRange(tokens.AsSpan());
        }
    }

    private void Remember(ReadOnlySpan<char> word, TokenId[] tokens)
    {
        if (word.Length <= CachedWordLengthMax
            && Volatile.Read(ref _wordsCached) < WordsCachedMax
            && _cache.TryAdd(word.ToString(), tokens))
            Interlocked.Increment(ref _wordsCached);
    }

    private TokenId[] Tokens(ReadOnlySpan<char> word)
    {
        var ids = new List<int>(8);
        if (byteLevel)
        {
            var lettersMax = word.Length * 3; // a UTF-16 unit is three bytes at most
            var rented = lettersMax > StackLetters ? ArrayPool<char>.Shared.Rent(lettersMax) : null;
            Span<char> letters = rented ?? stackalloc char[StackLetters];
            bpe.Encode(letters[..ByteLevelAlphabet.Write(word, letters)], ids);
            if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        }
        else
        {
            bpe.Encode(word, ids);
        }
        // A TokenId is an int and nothing else.
        return MemoryMarshal.Cast<int, TokenId>(CollectionsMarshal.AsSpan(ids)).ToArray();
    }
}
