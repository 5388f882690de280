using System.Globalization;
using System.Text;

namespace SkPaged.Connector.Text;

/// <summary>
/// A BPE model's tokens by spelling and by id. With <c>byte_fallback</c>, each byte token
/// (<c>&lt;0xE4&gt;</c>) is spelled as one character that no text contains, a lone surrogate, and
/// unknown characters are rewritten in those: a merger that knows nothing of bytes does it right.
/// </summary>
internal sealed class BpeVocabulary
{
    private const char ByteStandIn = '\uDC00'; // .. U+DCFF
    private const int Bytes = 0x100;

    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly Dictionary<int, string> _spellings;
    private readonly HashSet<int> _special;

    public BpeVocabulary(BpeModel model, HashSet<int> special, TokenizerFile file)
    {
        _special = special;
        var byteTokens = Enumerable.Range(0, Bytes)
            .Count(value => model.Vocabulary.ContainsKey(ByteToken(value)));
        HasByteFallback = model.ByteFallback && byteTokens > 0;
        if (HasByteFallback && byteTokens < Bytes)
            throw file.Broken("model.byte_fallback", $"only {byteTokens} of {Bytes} byte tokens");
        _ids = HasByteFallback ? WithStandIns(model.Vocabulary) : model.Vocabulary;
        _lookup = _ids.GetAlternateLookup<ReadOnlySpan<char>>();
        _spellings = new(_ids.Count);
        foreach (var (spelling, id) in _ids) _spellings[id] = spelling;
        if (_spellings.Count < _ids.Count)
            throw file.Broken("model.vocab", "two tokens have one id");
    }

    /// <summary>True if every character can be spelled, in bytes where need be.</summary>
    public bool HasByteFallback { get; }

    public IEnumerable<KeyValuePair<string, int>> Spellings => _ids;

    public string this[int id] => _spellings[id];

    public int? Find(ReadOnlySpan<char> spelling) =>
        _lookup.TryGetValue(spelling, out var id) ? id : null;

    /// <summary>As <see cref="Find"/>, but no special token.</summary>
    public int? FindOrdinary(ReadOnlySpan<char> spelling) =>
        _lookup.TryGetValue(spelling, out var id) && !_special.Contains(id) ? id : null;

    /// <summary>UTF-16 units of the character at <paramref name="at"/>.</summary>
    public static int CharacterLength(ReadOnlySpan<char> text, int at) =>
        char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1])
            ? 2
            : 1;

    /// <summary>
    /// The word with each unknown character in the stand-ins of its UTF-8 bytes; the word itself if
    /// there is none, or no byte fallback.
    /// </summary>
    public ReadOnlySpan<char> WithBytes(ReadOnlySpan<char> word)
    {
        if (!HasByteFallback) return word;
        StringBuilder? rewritten = null;
        Span<byte> bytes = stackalloc byte[4];
        for (int at = 0, length; at < word.Length; at += length)
        {
            length = CharacterLength(word, at);
            var character = word.Slice(at, length);
            if (_lookup.TryGetValue(character, out _))
            {
                rewritten?.Append(character);
                continue;
            }
            rewritten ??= new StringBuilder(word.Length * 2).Append(word[..at]);
            foreach (var value in bytes[..Encoding.UTF8.GetBytes(character, bytes)])
                rewritten.Append((char)(ByteStandIn + value));
        }
        return rewritten is null ? word : rewritten.ToString();
    }

    /// <summary>
    /// The merges by id, less those that make a special token: its spelling is an added token's
    /// business, and ordinary text must not reach it.
    /// </summary>
    public List<(int Left, int Right, int Merged)> Resolve(
        IReadOnlyList<(string Left, string Right)> merges, TokenizerFile file)
    {
        var resolved = new List<(int, int, int)>(merges.Count);
        foreach (var (left, right) in merges)
        {
            var merged = Id(left + right);
            if (!_special.Contains(merged)) resolved.Add((Id(left), Id(right), merged));
        }
        return resolved;

        int Id(string token) => _ids.TryGetValue(token, out var id)
            ? id
            : throw file.Broken("model.merges", $"'{token}' is not in the vocabulary");
    }

    private static Dictionary<string, int> WithStandIns(Dictionary<string, int> vocabulary)
    {
        var renamed = new Dictionary<string, int>(vocabulary, StringComparer.Ordinal);
        for (var value = 0; value < Bytes; value++)
        {
            if (renamed.Remove(ByteToken(value), out var id))
                renamed.Add(((char)(ByteStandIn + value)).ToString(), id);
        }
        return renamed;
    }

    private static string ByteToken(int value) =>
        string.Create(CultureInfo.InvariantCulture, $"<0x{value:X2}>");
}
