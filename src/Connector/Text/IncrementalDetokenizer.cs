using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Text;

/// <summary>
/// Tokens to text, one at a time: what <see cref="Append"/> and <see cref="Finish"/> return, put
/// together, is <see cref="TextTokenizer.Decode"/> of all the tokens. A piece never ends within a
/// character: bytes that later tokens may complete are kept back. (Tokens such as
/// <c>&lt;0xE4&gt;</c> of SentencePiece models are kept back until another kind of token comes, for
/// only then is it known whether they are text.) Each token costs time in its own length only.
/// For one sequence; not thread-safe.
/// </summary>
public sealed class IncrementalDetokenizer
{
    private readonly TextTokenizer _tokenizer;
    private readonly bool _skipSpecialTokens;
    private readonly ImmutableArray<TokenId> _shown;
    private readonly DecodedText _text = new();
    private readonly DecodeStage _chain;
    private bool _finished;

    internal IncrementalDetokenizer(
        TextTokenizer tokenizer,
        TokenDecoder decoder,
        bool skipSpecialTokens,
        ImmutableArray<TokenId> shown)
    {
        (_tokenizer, _skipSpecialTokens, _shown) = (tokenizer, skipSpecialTokens, shown);
        _chain = decoder.Build(_text);
    }

    /// <summary>Takes the next token.</summary>
    /// <param name="token">Any id; one that the vocabulary does not have adds no text.</param>
    /// <returns>The text that has become certain; often empty, never half a character.</returns>
    /// <exception cref="InvalidOperationException">After <see cref="Finish"/>.</exception>
    public string Append(TokenId token)
    {
        Push(token);
        return _text.Take();
    }

    /// <summary>Ends the text; to be called once.</summary>
    /// <returns>
    /// The rest: what was kept back, bytes that never made a character as U+FFFD.
    /// </returns>
    /// <exception cref="InvalidOperationException">When called again.</exception>
    public string Finish()
    {
        ThrowIfFinished();
        _finished = true;
        _chain.Finish();
        return _text.Take();
    }

    internal void Push(TokenId token)
    {
        ThrowIfFinished();
        if (_skipSpecialTokens && _tokenizer.IsSpecial(token) && !_shown.Contains(token)) return;
        if (_tokenizer.DecoderInput(token) is { } spelling) _chain.Push(spelling);
    }

    private void ThrowIfFinished()
    {
        if (_finished) throw new InvalidOperationException("the text is finished");
    }
}
