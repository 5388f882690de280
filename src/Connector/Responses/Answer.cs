using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using SkPaged.Connector.Requests;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector.Responses;

/// <summary>One answer under way. Disposing it gives the request up.</summary>
internal sealed class Answer : IAsyncDisposable
{
    private readonly ChoiceGroup _choices;
    private readonly Generation _generation;
    private readonly ImmutableArray<SampleAnswer> _samples;

    // Of samples of which the best are chosen, all that they said: null where all are choices.
    private readonly ImmutableArray<List<AnswerPart>>? _said;
    private readonly List<AnswerPart> _ready = [];

    public Answer(ChatRequest request, Generation generation, TextTokenizer tokenizer)
    {
        (_choices, _generation) = (request.Choices, generation);
        _samples = [.. Enumerable.Range(0, _choices.Samples)
            .Select(index => new SampleAnswer(index, request, generation, tokenizer))];
        _said = _choices.IsRanked ? [.. _samples.Select(_ => new List<AnswerPart>())] : null;
    }

    /// <summary>Choices that come, at least 1.</summary>
    public int Choices => _choices.Count;

    /// <summary>The parts as they come. Leaving early, or cancelling, aborts the request.</summary>
    public async IAsyncEnumerable<AnswerPart> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var events = _generation
            .ReadAllAsync(cancellationToken).ConfigureAwait(false).GetAsyncEnumerator();
        var more = await ChatRefusals.FirstAsync(events).ConfigureAwait(false);
        while (more)
        {
            Take(events.Current);
            foreach (var part in _ready)
                yield return part;
            _ready.Clear();
            more = await events.MoveNextAsync();
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _generation.DisposeAsync();

    private void Take(TokenEvent next)
    {
        switch (next)
        {
            case TokenEvent.Token token when !_samples[token.Index].IsComplete:
                Push(token);
                break;
            case TokenEvent.Finished finished:
                Finish(finished);
                break;
            case TokenEvent.Chosen chosen:
                Choose(chosen.Samples);
                break;
        }
    }

    private void Push(TokenEvent.Token token)
    {
        var sample = _samples[token.Index];
        sample.Push(token.Sample, PartsOf(token.Index));
        if (!sample.IsComplete)
            return;
        if (_samples.Length == 1)
            _generation.Stop();
        else
            _generation.Stop(token.Index);
    }

    private void Finish(TokenEvent.Finished finished)
    {
        var sample = _samples[finished.Index];
        sample.Complete(finished, PartsOf(finished.Index));
        if (_said is not null)
            return;
        _ready.Add(sample.End(Choices == 1 ? Usage() : null));
        if (Choices > 1 && _samples.All(one => one.Result is not null))
            Close(_samples[0]);
    }

    // The best first: choice r is the sample of rank r.
    private void Choose(ImmutableArray<int> chosen)
    {
        for (var rank = 0; rank < chosen.Length; rank++)
        {
            foreach (var part in _said!.Value[chosen[rank]])
                _ready.Add(part with { Choice = rank });
            var end = _samples[chosen[rank]].End(Choices == 1 ? Usage() : null);
            _ready.Add(end with { Choice = rank, Result = end.Result with { Choice = rank } });
        }

        if (Choices > 1)
            Close(_samples[chosen[0]]);
    }

    private void Close(SampleAnswer first) =>
        _ready.Add(new AnswerPart.Close(Usage(), first.Result!.FinishReason)
        {
            Choice = Choices - 1,
        });

    private List<AnswerPart> PartsOf(int sample) => _said?[sample] ?? _ready;

    private AnswerUsage Usage() =>
        new(
            _samples[0].Result!.PromptTokens,
            _samples.Max(sample => sample.Result!.CachedTokens),
            _samples.Sum(sample => sample.Result!.OutputTokens.Length),
            _samples.Sum(sample => sample.Result!.ReasoningTokens));
}
