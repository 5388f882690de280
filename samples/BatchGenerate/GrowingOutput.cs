using System.Collections.Immutable;
using SkPaged.Connector.Text;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.BatchGenerate;

/// <summary>A sample on its way: up to its end, or to its first stop string.</summary>
internal sealed class GrowingOutput(TextTokenizer? tokenizer, ImmutableArray<string> stopStrings)
{
    private readonly ImmutableArray<SampledToken>.Builder _tokens =
        ImmutableArray.CreateBuilder<SampledToken>();

    private readonly OutputText? _text =
        tokenizer is null ? null : new OutputText(tokenizer, stopStrings);

    private FinishReason _reason;
    private double? _beamLogprob;

    /// <summary>Whether its text has met a stop string: what follows is no part of it.</summary>
    public bool Stopped => _text is { Stopped: true };

    /// <summary>What it consumed, known at its end.</summary>
    public Usage Usage { get; private set; }

    public void Append(SampledToken token)
    {
        _tokens.Add(token);
        _text?.Append(token.Token);
    }

    public void End(TokenEvent.Finished end) =>
        (_reason, Usage, _beamLogprob) = (end.Reason, end.Usage, end.Logprob);

    public Output ToOutput()
    {
        var text = _text?.Finish();
        return new Output(
            _tokens.ToImmutable(),
            text,
            Stopped ? FinishReason.Stop : _reason,
            _beamLogprob
                ?? (_tokens.Count == 0 ? double.NaN : _tokens.Sum(t => (double)t.Logprob)));
    }
}
