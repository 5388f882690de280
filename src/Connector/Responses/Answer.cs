using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>One answer under way. Disposing it gives the request up.</summary>
internal sealed class Answer(ChatRequest request, Generation generation, TextTokenizer tokenizer)
    : IAsyncDisposable
{
    private readonly AnswerText _text = new(request, tokenizer);
    private readonly ImmutableArray<TokenLogProbability>.Builder _logProbabilities =
        ImmutableArray.CreateBuilder<TokenLogProbability>();

    private int _logProbabilitiesRead;

    /// <summary>The parts as they come. Leaving early, or cancelling, aborts the request.</summary>
    public async IAsyncEnumerable<AnswerPart> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var next in generation.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            if (next is TokenEvent.Finished finished)
            {
                if (_text.Complete() is { Length: > 0 } rest)
                    yield return new AnswerPart.Text(rest, UnreadLogProbabilities());
                foreach (var call in _text.Calls)
                    yield return new AnswerPart.Call(call);
                yield return new AnswerPart.End(Result(finished), UnreadLogProbabilities());
            }
            else if (next is TokenEvent.Token { Sample: var sample } && !_text.IsComplete
                && Push(sample) is { Length: > 0 } text)
            {
                yield return new AnswerPart.Text(text, UnreadLogProbabilities());
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => generation.DisposeAsync();

    private string Push(SampledToken sample)
    {
        if (request.Sampling.Logprobs is not null)
            _logProbabilities.Add(LogProbability(sample));
        var text = _text.Push(sample.Token);
        if (_text.IsComplete)
            generation.Stop();
        return text;
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

    private PagedLlmResult Result(TokenEvent.Finished finished)
    {
        var (reason, usage) = finished;
        return new PagedLlmResult
        {
            Id = generation.Id,
            FinishReason = _text.IsComplete || reason == FinishReason.Stop
                ? _text.HasCalls ? FinishReasons.ToolCalls : FinishReasons.Stop
                : reason == FinishReason.Length ? FinishReasons.Length
                : throw new OperationCanceledException($"{generation.Id} was given up."),
            StopString = _text.StopString,
            PromptTokens = usage.PromptTokens,
            CachedTokens = usage.CachedTokens,
            OutputTokens = _text.Tokens,
            LogProbabilities = _logProbabilities.ToImmutable(),
            Preemptions = usage.Preemptions,
            TimeToFirstToken = generation.TimeToFirstToken,
            Duration = generation.Duration ?? TimeSpan.Zero,
        };
    }
}
