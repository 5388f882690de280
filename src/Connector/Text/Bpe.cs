using Microsoft.ML.Tokenizers;

namespace SkPaged.Connector.Text;

/// <summary>
/// Words to ids. The merging is Microsoft.ML.Tokenizers' <see cref="BpeTokenizer"/>; what it has
/// not is done around it:
/// <list type="bullet">
/// <item><c>ignore_merges</c>: the word is looked up whole first. (TiktokenTokenizer would do that,
/// but ranks merges by the token they make: "aaa" from a+aa and from aa+a tie, where the file
/// orders them.)</item>
/// <item><c>byte_fallback</c>: see <see cref="BpeVocabulary"/>.</item>
/// <item>Long words: its time is quadratic in the length of the word, so a megabyte of one letter
/// would hold a core for a minute. Beyond <see cref="LibraryWordLength"/> our own
/// <see cref="PairMerges"/> takes over, as it does for tokens with a space in them, which the
/// library's "left right" form of a merge cannot express.</item>
/// </list>
/// Thread-safe.
/// </summary>
internal sealed class Bpe
{
    private const int LibraryWordLength = 256;
    private const char SpaceMark = '\u2581';

    private readonly BpeVocabulary _vocabulary;
    private readonly BpeTokenizer? _library;
    private readonly Lazy<PairMerges> _pairMerges;
    private readonly int? _unknown;
    private readonly bool _fuseUnknown;
    private readonly bool _ignoreMerges;

    /// <param name="model">As read from the file.</param>
    /// <param name="special">The special tokens' ids; no ordinary text may become one.</param>
    /// <param name="file">For errors.</param>
    public Bpe(BpeModel model, HashSet<int> special, TokenizerFile file)
    {
        _vocabulary = new BpeVocabulary(model, special, file);
        (_fuseUnknown, _ignoreMerges) = (model.FuseUnknown, model.IgnoreMerges);
        _unknown = model.UnknownToken is null ? null
            : _vocabulary.Find(model.UnknownToken)
                ?? throw file.Broken("model.unk_token", "is not in the vocabulary");
        var merges = _vocabulary.Resolve(model.Merges, file);
        _pairMerges = new(() => new PairMerges(merges));
        _library = model.Merges.Any(merge => merge.Left.Contains(' ') || merge.Right.Contains(' '))
            ? null
            : BpeTokenizer.Create(new BpeOptions(_vocabulary.Spellings)
            {
                Merges = merges.Select(m => $"{_vocabulary[m.Left]} {_vocabulary[m.Right]}"),
                UnknownToken = model.UnknownToken,
                FuseUnknownTokens = model.FuseUnknown,
            });
        // A character that is dropped without trace lets what stands beside it meet across a cut.
        var dropsUnknown = _unknown is null && !_vocabulary.HasByteFallback;
        CutsAtSpaceMark = !model.IgnoreMerges && !dropsUnknown && CanCutAtSpaceMark();
    }

    /// <summary>
    /// True if a piece may be cut before each space mark that follows something else, and give the
    /// same ids. SentencePiece models have no pre-tokenizer, so a whole prompt is one word; where
    /// no token has a mark after anything but a mark, no merge reaches across such a place.
    /// </summary>
    public bool CutsAtSpaceMark { get; }

    /// <summary>The offset after <paramref name="from"/> where the piece may be cut.</summary>
    public int NextCut(ReadOnlySpan<char> piece, int from)
    {
        for (var i = from + 1; CutsAtSpaceMark && i < piece.Length; i++)
        {
            if (piece[i] == SpaceMark && piece[i - 1] != SpaceMark) return i;
        }
        return piece.Length;
    }

    /// <summary>Appends the ids of one word.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> into)
    {
        if (_ignoreMerges && _vocabulary.FindOrdinary(word) is { } whole)
        {
            into.Add(whole);
            return;
        }
        word = _vocabulary.WithBytes(word);
        if (_library is null || word.Length > LibraryWordLength)
        {
            var symbols = Symbols(word);
            _pairMerges.Value.Merge(symbols);
            into.AddRange(symbols);
            return;
        }
        into.AddRange(_library.EncodeToIds(
            word, considerPreTokenization: false, considerNormalization: false));
    }

    // The characters' ids before any merge.
    private List<int> Symbols(ReadOnlySpan<char> word)
    {
        var (symbols, afterUnknown) = (new List<int>(word.Length), false);
        for (int at = 0, length; at < word.Length; at += length)
        {
            length = BpeVocabulary.CharacterLength(word, at);
            if (_vocabulary.Find(word.Slice(at, length)) is { } id)
            {
                symbols.Add(id);
                afterUnknown = false;
            }
            else if (_unknown is { } unknown)
            {
                if (!afterUnknown || !_fuseUnknown) symbols.Add(unknown);
                afterUnknown = true;
            }
        }
        return symbols;
    }

    private bool CanCutAtSpaceMark() =>
        _vocabulary.Find([SpaceMark]) is not null
        && _vocabulary.Spellings.All(token =>
            !token.Key.AsSpan().TrimStart(SpaceMark).Contains(SpaceMark));
}
