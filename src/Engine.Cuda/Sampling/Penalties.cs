using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>Makes tokens that have been seen less, or more, likely.</summary>
internal sealed class Penalties
{
    private int[] _counts = [];

    /// <summary>
    /// Repetition over prompt and output first, then frequency and presence over the output.
    /// </summary>
    public void Apply(Span<float> logits, SampleRequest request)
    {
        var parameters = request.Parameters;
        if (_counts.Length < logits.Length)
            _counts = new int[logits.Length];
        if (parameters.RepetitionPenalty != 1)
            Repetition(logits, request.Tokens, parameters.RepetitionPenalty);
        if (parameters.PresencePenalty != 0 || parameters.FrequencyPenalty != 0)
            Occurrence(
                logits, request.Output, parameters.PresencePenalty, parameters.FrequencyPenalty);
    }

    private void Repetition(Span<float> logits, ReadOnlySpan<TokenId> seen, float penalty)
    {
        foreach (var token in seen)
            if (_counts[token.Value]++ == 0)
                logits[token.Value] *= logits[token.Value] > 0 ? 1 / penalty : penalty;
        Forget(seen);
    }

    private void Occurrence(
        Span<float> logits, ReadOnlySpan<TokenId> output, float presence, float frequency)
    {
        foreach (var token in output)
            _counts[token.Value]++;
        foreach (var token in output)
            if (_counts[token.Value] is var count and > 0)
            {
                logits[token.Value] -= presence + frequency * count;
                _counts[token.Value] = 0;
            }
    }

    private void Forget(ReadOnlySpan<TokenId> seen)
    {
        foreach (var token in seen)
            _counts[token.Value] = 0;
    }
}
