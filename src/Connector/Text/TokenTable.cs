using System.Collections.Immutable;

namespace SkPaged.Connector.Text;

/// <summary>
/// All tokens by id and by spelling: the model's vocabulary and the added tokens.
/// </summary>
internal sealed class TokenTable
{
    private readonly Dictionary<string, int> _vocabulary;
    private readonly Dictionary<string, AddedToken> _added = new(StringComparer.Ordinal);
    private readonly string?[] _spellings;

    // What the decoder gets of an id where that is not its spelling.
    private readonly Dictionary<int, string> _normalized = [];

    public TokenTable(TokenizerJson json, TokenizerConfig config, TokenizerFile file)
    {
        _vocabulary = json.Model.Vocabulary;
        foreach (var token in json.AddedTokens) Add(token);
        var idsTaken = _added.Values.Select(token => token.Id).ToHashSet();
        // The configuration adds what the tokenizer.json has not, and never changes what it has.
        foreach (var token in config.AddedTokens)
        {
            if (!_added.ContainsKey(token.Content) && idsTaken.Add(token.Id)) Add(token);
        }
        foreach (var name in Named(config)) MakeSpecial(name);

        var highest = _vocabulary.Values.Concat(_added.Values.Select(token => token.Id))
            .DefaultIfEmpty(-1).Max();
        if (highest < 0) throw file.Broken("model.vocab", "is empty");
        _spellings = new string?[highest + 1];
        foreach (var (spelling, id) in _vocabulary) _spellings[id] = spelling;
        foreach (var token in _added.Values) _spellings[token.Id] = token.Content;
        foreach (var token in _added.Values.Where(token => token.Normalized))
            _normalized[token.Id] = json.Normalizer?.Apply(token.Content) ?? token.Content;
        Special = [.. _added.Values.Where(token => token.Special).Select(token => token.Id)];
    }

    /// <summary>One more than the highest id.</summary>
    public int Size => _spellings.Length;

    public IEnumerable<AddedToken> Added => _added.Values;

    public HashSet<int> Special { get; }

    public int? Find(string spelling) =>
        _added.TryGetValue(spelling, out var token) ? token.Id
        : _vocabulary.TryGetValue(spelling, out var id) ? id
        : null;

    public string? Spelling(int id) => (uint)id < (uint)_spellings.Length ? _spellings[id] : null;

    /// <summary>
    /// What the decoder turns to text: the normalized spelling of a token that is looked for in
    /// normalized text, so that the decoder can undo the normalizing.
    /// </summary>
    public string? DecoderInput(int id) =>
        _normalized.Count > 0 && _normalized.TryGetValue(id, out var normalized)
            ? normalized
            : Spelling(id);

    // The model's vocabulary decides on the id of what it has itself.
    private void Add(AddedToken token)
    {
        if (token.Content.Length == 0) return;
        _added[token.Content] = _vocabulary.TryGetValue(token.Content, out var id)
            ? token with { Id = id }
            : token;
    }

    private static ImmutableArray<string> Named(TokenizerConfig config) =>
        [.. new[] { config.BosToken, config.EosToken, config.PadToken, config.UnknownToken }
            .OfType<string>().Concat(config.MoreSpecialTokens)];

    private void MakeSpecial(string name)
    {
        if (_added.TryGetValue(name, out var token)) _added[name] = token with { Special = true };
        else if (_vocabulary.TryGetValue(name, out var id)) Add(AddedToken.Named(id, name));
    }
}
