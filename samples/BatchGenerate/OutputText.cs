using System.Collections.Immutable;
using System.Text;
using SkPaged.Connector.Text;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>A growing output as text, up to its first stop string.</summary>
internal sealed class OutputText(TextTokenizer tokenizer, ImmutableArray<string> stopStrings)
{
    private readonly IncrementalDetokenizer _detokenizer =
        tokenizer.CreateDetokenizer(skipSpecialTokens: true);

    private readonly StopMatcher _stops = new StopStrings(stopStrings).CreateMatcher();
    private readonly StringBuilder _text = new();

    public bool Stopped { get; private set; }

    public void Append(TokenId token) => Take(_detokenizer.Append(token));

    public string Finish()
    {
        if (!Stopped)
            Take(_detokenizer.Finish());
        if (!Stopped)
            _text.Append(_stops.Finish());
        return _text.ToString();
    }

    private void Take(string piece)
    {
        var (text, stop) = _stops.Append(piece);
        _text.Append(text);
        Stopped = stop is not null;
    }
}
