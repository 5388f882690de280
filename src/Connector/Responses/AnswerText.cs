using System.Collections.Immutable;
using SkPaged.Connector.Reasoning;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Connector.ToolCalls;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>
/// Tokens of one answer -> its reasoning, text and calls: detokenizer, then stop strings, then
/// reasoning, then tool calls.
/// </summary>
internal sealed class AnswerText
{
    private readonly ChatRequest _request;
    private readonly IncrementalDetokenizer _detokenizer;
    private readonly StopMatcher _stops;
    private readonly ReasoningSplitter _reasoning;
    private readonly ToolCallSplitter? _calls;
    private readonly List<SplitPart> _thought = [];
    private readonly List<SplitPart> _parts = [];
    private readonly List<ToolCall> _called = [];
    private readonly ImmutableArray<TokenId>.Builder _tokens =
        ImmutableArray.CreateBuilder<TokenId>();

    public AnswerText(ChatRequest request, TextTokenizer tokenizer)
    {
        _request = request;
        _detokenizer = tokenizer.CreateDetokenizer(shown: Shown(request, tokenizer));
        _stops = request.StopStrings.CreateMatcher();
        _reasoning = new ReasoningSplitter(request.Reasoning);
        _calls = request.ToolCalls?.CreateSplitter();
        Split(request.Opening);
    }

    /// <summary>Whether the answer asks for tools.</summary>
    public bool HasCalls => _called.Count > 0;

    /// <summary>
    /// The answer is over though the engine may not know: no token counts any more.
    /// </summary>
    public bool IsComplete { get; private set; }

    /// <summary>The stop string that ended the answer; null when none did.</summary>
    public string? StopString { get; private set; }

    /// <summary>The tokens that made the answer.</summary>
    public ImmutableArray<TokenId> Tokens => _tokens.ToImmutable();

    /// <summary>Tokens of the reasoning, its marks included.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>The calls, of which there is at most one where only one is wanted.</summary>
    public IEnumerable<ToolCall> Calls => _called.Take(_request.OneCall ? 1 : int.MaxValue);

    /// <summary>
    /// Whether the tokens say what the reader was told and no more: no stop string, nor a call that
    /// is left out.
    /// </summary>
    public bool IsTold => StopString is null && Calls.Count() == _called.Count;

    /// <summary>The next token.</summary>
    /// <returns>What is certain by now; often nothing.</returns>
    public AnswerPiece Push(TokenId token)
    {
        _tokens.Add(token);
        if (_request.Stop.EndTokens.Contains(token))
            return default;
        Read(_detokenizer.Append(token));
        if (_reasoning.IsReasoning)
            ReasoningTokens = _tokens.Count;
        var piece = Take();
        IsComplete |= _request.OneCall && HasCalls;
        return piece;
    }

    /// <summary>No token follows.</summary>
    /// <returns>What was held back and turned out to be no more than text.</returns>
    public AnswerPiece Complete()
    {
        if (!IsComplete)
            Read(_detokenizer.Finish());
        if (!IsComplete)
            Split(_stops.Finish());
        _reasoning.Complete(_thought);
        Hand();
        _calls?.Complete(_parts);
        return Take();
    }

    // Before the minimum no stop string counts, as no end token does.
    private void Read(string piece)
    {
        if (piece.Length == 0)
            return;
        if (_tokens.Count < _request.Stop.MinTokens)
        {
            Split(piece);
            return;
        }

        var (text, stop) = _stops.Append(piece);
        (StopString, IsComplete) = (stop, stop is not null);
        Split(text);
    }

    private void Split(string text)
    {
        _reasoning.Push(text, _thought);
        Hand();
    }

    // What is not thought goes on to the calls.
    private void Hand()
    {
        foreach (var part in _thought)
            if (part.Kind == SplitKind.Text && _calls is not null)
                _calls.Push(part.Source, _parts);
            else
                _parts.Add(part);
        _thought.Clear();
    }

    private AnswerPiece Take()
    {
        if (_parts.Count == 0)
            return default;
        _called.AddRange(_parts.Select(part => part.Call).OfType<ToolCall>());
        var piece = new AnswerPiece(Sources(SplitKind.Reasoning), Sources(SplitKind.Text));
        _parts.Clear();
        return piece;
    }

    private string Sources(SplitKind kind) =>
        _parts.Count == 1 && _parts[0].Kind == kind
            ? _parts[0].Source
            : string.Concat(
                _parts.Where(part => part.Kind == kind).Select(part => part.Source));

    // What marks a call or reasoning is told of, be it a special token or not.
    private static ImmutableArray<TokenId> Shown(ChatRequest request, TextTokenizer tokenizer)
    {
        IEnumerable<string> reasoning = request.Reasoning == ReasoningStart.Never
            ? []
            : [ReasoningSplitter.Open, ReasoningSplitter.Close];
        return
        [
            .. (request.ToolCalls?.Marks ?? []).Concat(reasoning)
                .Select(tokenizer.FindToken).OfType<TokenId>(),
        ];
    }
}

/// <summary>What a token made certain, either of them often empty.</summary>
/// <param name="Reasoning">What the model thought; it comes before all text.</param>
/// <param name="Text">What it says.</param>
internal readonly record struct AnswerPiece(string? Reasoning, string? Text);
