using System.Collections.Immutable;
using System.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Text;

/// <summary>
/// Text to tokens, in the order of Hugging Face's tokenizers: added tokens that are looked for in
/// the text as it is; each stretch between them normalized; added tokens that are looked for in
/// normalized text; the rest cut into words; words to ids. Thread-safe.
/// </summary>
internal sealed class TextEncoder
{
    private readonly AddedTokenFinder _asTheyAre;
    private readonly AddedTokenFinder _normalized;
    private readonly Normalizer? _normalizer;
    private readonly ImmutableArray<PreTokenizer> _preTokenizers;
    private readonly WordEncoder _words;

    public TextEncoder(TokenizerJson json, TokenTable table, TokenizerFile file)
    {
        (_normalizer, _preTokenizers) = (json.Normalizer, json.PreTokenizers);
        _asTheyAre = new(table.Added.Where(t => !t.Normalized).Select(t => (t.Content, t)));
        _normalized = new(
            table.Added.Where(t => t.Normalized).Select(t => (Normalize(t.Content), t)));
        _words = new WordEncoder(new Bpe(json.Model, table.Special, file), json.IsByteLevel);
    }

    public void Encode(string text, bool findsAddedTokens, List<TokenId> into)
    {
        var run = new Run(this, findsAddedTokens, into);
        run.Encode(WellFormed(text));
    }

    private string Normalize(string text) => _normalizer?.Apply(text) ?? text;

    // A string may hold half a surrogate pair, which has no UTF-8; the round trip makes it U+FFFD.
    private static string WellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsSurrogatePair(text, i))
                return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
            i++;
        }
        return text;
    }

    /// <summary>One call's working memory: two lists of pieces, filled in turn.</summary>
    private sealed class Run(TextEncoder encoder, bool findsAddedTokens, List<TokenId> into)
    {
        private List<Piece> _pieces = [];
        private List<Piece> _cut = [];

        public void Encode(string text) =>
            Between(Piece.Whole(text, startsText: true), encoder._asTheyAre, Stretch);

        private void Stretch(Piece piece)
        {
            var normalized = encoder.Normalize(piece.Span.ToString());
            Between(Piece.Whole(normalized, piece.StartsText), encoder._normalized, Words);
        }

        // Appends the added tokens in the piece, and calls on what lies between them.
        private void Between(Piece piece, AddedTokenFinder finder, Action<Piece> encode)
        {
            AddedTokenFinder.Found? last = null;
            while (findsAddedTokens && finder.Next(piece.Span, last) is { } found)
            {
                var from = last?.End ?? 0;
                if (found.Start > from) encode(piece.Part(from, found.Start));
                into.Add(new TokenId(found.Token.Id));
                last = found;
            }
            var end = last?.End ?? 0;
            if (piece.Length > end) encode(piece.Part(end, piece.Length));
        }

        private void Words(Piece piece)
        {
            _pieces.Clear();
            _pieces.Add(piece);
            foreach (var step in encoder._preTokenizers)
            {
                _cut.Clear();
                foreach (var each in _pieces) step.Split(each, _cut);
                (_pieces, _cut) = (_cut, _pieces);
            }
            foreach (var word in _pieces) encoder._words.Encode(word.Span, into);
        }
    }
}
