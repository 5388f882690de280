using System.Collections.Immutable;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Connector.ToolCalls;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>
/// Tokens of one answer -> its text and calls: detokenizer, then stop strings, then tool calls.
/// </summary>
internal sealed class AnswerText
{
    private readonly ChatRequest _request;
    private readonly IncrementalDetokenizer _detokenizer;
    private readonly StopMatcher _stops;
    private readonly ToolCallSplitter? _splitter;
    private readonly ImmutableArray<TokenId>.Builder _tokens =
        ImmutableArray.CreateBuilder<TokenId>();

    public AnswerText(ChatRequest request, TextTokenizer tokenizer)
    {
        _request = request;
        _detokenizer = tokenizer.CreateDetokenizer(skipSpecialTokens: true);
        _stops = request.StopStrings.CreateMatcher();
        _splitter = request.ToolCalls?.CreateSplitter(request.Opening);
    }

    /// <summary>Whether the answer asks for tools.</summary>
    public bool HasCalls => _splitter is { Calls.Count: > 0 };

    /// <summary>
    /// The answer is over though the engine may not know: no token counts any more.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>The stop string that ended the answer; null when none did.</summary>
    public string? StopString { get; private set; }

    /// <summary>The tokens that made the answer.</summary>
    public ImmutableArray<TokenId> Tokens => _tokens.ToImmutable();

    /// <summary>The calls, of which there is at most one where only one is wanted.</summary>
    public IEnumerable<ToolCall> Calls =>
        (_splitter?.Calls ?? []).Take(_request.OneCall ? 1 : int.MaxValue);

    /// <summary>The next token.</summary>
    /// <returns>The text that is certain by now; often empty.</returns>
    public string Push(TokenId token)
    {
        _tokens.Add(token);
        if (_request.Stop.EndTokens.Contains(token))
            return "";
        var text = Visible(_detokenizer.Append(token));
        IsComplete |= _request.OneCall && HasCalls;
        return text;
    }

    /// <summary>No token follows.</summary>
    /// <returns>The text that was held back and turned out to be no more than text.</returns>
    public string Complete()
    {
        var text = IsComplete ? "" : Visible(_detokenizer.Finish());
        text += IsComplete ? "" : Split(_stops.Finish());
        return text + (_splitter?.Complete() ?? "");
    }

    // Before the minimum no stop string counts, as no end token does.
    private string Visible(string piece)
    {
        if (piece.Length == 0)
            return "";
        if (_tokens.Count < _request.Stop.MinTokens)
            return Split(piece);
        var (text, stop) = _stops.Append(piece);
        (StopString, IsComplete) = (stop, stop is not null);
        return Split(text);
    }

    private string Split(string text) =>
        text.Length == 0 || _splitter is null ? text : _splitter.Push(text);
}
