using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>What decides, beside the logits, which token is drawn.</summary>
/// <param name="sequence">For messages.</param>
/// <param name="sample">Which of the request's samples: each has random numbers of its own.</param>
/// <param name="parameters">The caller's wishes, valid.</param>
/// <param name="tokens">The sequence so far: prompt, then output.</param>
/// <param name="promptCount">Tokens of the prompt.</param>
/// <param name="forbidden">Tokens that must not be drawn.</param>
internal readonly ref struct SampleRequest(
    SequenceId sequence,
    int sample,
    SamplingParams parameters,
    ReadOnlySpan<TokenId> tokens,
    int promptCount,
    ReadOnlySpan<TokenId> forbidden)
{
    public SequenceId Sequence { get; } = sequence;

    public int Sample { get; } = sample;

    public SamplingParams Parameters { get; } = parameters;

    public ReadOnlySpan<TokenId> Tokens { get; } = tokens;

    public ReadOnlySpan<TokenId> Output { get; } = tokens[promptCount..];

    public ReadOnlySpan<TokenId> Forbidden { get; } = forbidden;

    /// <summary>The position of the token to be drawn.</summary>
    public long Position => Tokens.Length;

    /// <summary>One sample of a plan's row.</summary>
    public static SampleRequest Of(StepPlan plan, int row, int sample)
    {
        var length = plan.FirstPositions[row] + plan.TokenCounts[row];
        return new(
            plan.Sequences[row], sample, plan.Samplings[row]!,
            plan.TokenLogs[row].Span[..length], plan.PromptCounts[row],
            plan.Forbidden[row].AsSpan());
    }
}
