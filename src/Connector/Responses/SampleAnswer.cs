using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>One of the samples of an answer under way.</summary>
internal sealed class SampleAnswer(
    int index, ChatRequest request, Generation generation, TextTokenizer tokenizer)
{
    private readonly AnswerText _text = new(request, tokenizer);
    private readonly long _begun = Stopwatch.GetTimestamp();
    private readonly ChoiceContent _told = new();
    private readonly ImmutableArray<TokenLogProbability>.Builder _logProbabilities =
        ImmutableArray.CreateBuilder<TokenLogProbability>();

    private int _logProbabilitiesRead;

    /// <summary>It is over though the engine may not know: no token counts any more.</summary>
    public bool IsComplete => _text.IsComplete;

    /// <summary>Why and how it ended; null until then.</summary>
    public PagedLlmResult? Result { get; private set; }

    /// <summary>The next token.</summary>
    /// <param name="sample">The token.</param>
    /// <param name="parts">Gets what is certain by now; often nothing.</param>
    public void Push(SampledToken sample, ICollection<AnswerPart> parts)
    {
        if (request.Sampling.Logprobs is not null)
            _logProbabilities.Add(LogProbability(sample));
        Tell(_text.Push(sample.Token), parts);
    }

    // Whether it has the call that was required, if one was.
    private bool IsAsRequired =>
        request.Required?.IsAmong(_text.Calls.Select(call => call.Name)) ?? true;

    /// <summary>No token follows.</summary>
    /// <param name="finished">Why.</param>
    /// <param name="parts">
    /// Gets what is left of text, and the calls; not the end. Nothing of an answer that is not what
    /// was required: its end throws.
    /// </param>
    public void Complete(TokenEvent.Finished finished, ICollection<AnswerPart> parts)
    {
        var rest = _text.Complete();
        parts = IsAsRequired ? parts : [];
        Tell(rest, parts);
        foreach (var call in _text.Calls)
            Tell(new AnswerPart.Call(call) { Choice = index }, parts);
        Result = Ended(finished);
    }

    /// <summary>The last part.</summary>
    /// <param name="usage">Of the whole answer, if this is its only choice.</param>
    /// <exception cref="RequiredCallException">A call was required, and it has none.</exception>
    public AnswerPart.End End(AnswerUsage? usage) =>
        IsAsRequired
            ? new(Result!, UnreadLogProbabilities(), usage) { Choice = index }
            : throw new RequiredCallException(
                request.Required!.Names,
                [.. _text.Calls.Select(call => call.Name)],
                _told.Text,
                Result!);

    private void Tell(AnswerPiece piece, ICollection<AnswerPart> parts)
    {
        if (piece.Reasoning is { Length: > 0 } thought)
            Tell(
                new AnswerPart.Reasoning(thought, UnreadLogProbabilities()) { Choice = index },
                parts);
        if (piece.Text is { Length: > 0 } text)
            Tell(new AnswerPart.Text(text, UnreadLogProbabilities()) { Choice = index }, parts);
    }

    private void Tell(AnswerPart part, ICollection<AnswerPart> parts)
    {
        _told.Add(part);
        parts.Add(part);
    }

    // A range of the builder: what was read once is not read again.
    private ImmutableArray<TokenLogProbability> UnreadLogProbabilities()
    {
        var first = _logProbabilitiesRead;
        _logProbabilitiesRead = _logProbabilities.Count;
        return first == _logProbabilities.Count ? [] : [.. _logProbabilities.Skip(first)];
    }

    private TokenLogProbability LogProbability(SampledToken sample) =>
        new(
            sample.Token,
            Spelling(sample.Token),
            sample.Logprob,
            sample.Top.IsDefaultOrEmpty
                ? []
                : [.. sample.Top.Select(top => new TokenLogProbability(
                    top.Token, Spelling(top.Token), top.Logprob, []))]);

    private string Spelling(TokenId token) => tokenizer.Decode([token], skipSpecialTokens: false);

    private GeneratedTurn? Turn()
    {
        if (request.Mark is not { } mark || !_text.IsTold)
            return null;
        var tokens = _text.Tokens;
        if (tokens is [.., var last] && request.Stop.EndTokens.Contains(last))
            tokens = tokens[..^1];
        return new GeneratedTurn(
            mark,
            PromptEncoder.Digest(
                _told.Reasoning,
                _told.Text,
                _told.Calls.Select(call => call.ToContent("")),
                request.Opening + tokenizer.Decode(tokens.AsSpan(), skipSpecialTokens: false)),
            request.Opening,
            tokens);
    }

    private PagedLlmResult Ended(TokenEvent.Finished finished)
    {
        var (reason, usage) = finished;
        return new PagedLlmResult
        {
            Id = generation.Id,
            Choice = index,
            FinishReason = _text.IsComplete || reason == FinishReason.Stop
                ? _text.HasCalls ? FinishReasons.ToolCalls : FinishReasons.Stop
                : reason == FinishReason.Length ? FinishReasons.Length
                : throw new OperationCanceledException($"{generation.Id} was given up."),
            StopString = _text.StopString,
            PromptTokens = usage.PromptTokens,
            CachedTokens = usage.CachedTokens,
            OutputTokens = _text.Tokens,
            ReasoningTokens = _text.ReasoningTokens,
            GeneratedTurn = Turn()?.Write(),
            LogProbabilities = _logProbabilities.ToImmutable(),
            Preemptions = usage.Preemptions,
            TimeToFirstToken = generation.TimeToFirstToken,
            Duration = generation.Duration ?? Stopwatch.GetElapsedTime(_begun),
        };
    }
}
