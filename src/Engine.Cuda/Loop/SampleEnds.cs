using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>How far a request of one or several samples is from its end: a value.</summary>
/// <param name="Left">Samples that have not ended.</param>
/// <param name="IsRanked">Whether a choice follows the last end.</param>
/// <param name="Reason">Of the end that came last; an error stays one.</param>
/// <param name="Usage">Of all that have ended: the prompt once, outputs together.</param>
/// <param name="TokensMax">Tokens of the longest output of those that have ended.</param>
internal readonly record struct SampleEnds(
    int Left,
    bool IsRanked,
    FinishReason Reason = default,
    Usage Usage = default,
    int TokensMax = 0)
{
    /// <summary>Whether nothing follows.</summary>
    public bool AreAll => Left <= 0 && !IsRanked;

    /// <summary>None of a request's samples has ended.</summary>
    public static SampleEnds Of(Request request) =>
        new(
            request.Beams is null ? request.BestOf ?? request.Samples : request.Samples,
            request.IsRanked);

    /// <summary>One more has ended.</summary>
    public SampleEnds With(Decision.Finish end) =>
        this with
        {
            Left = Left - 1,
            TokensMax = Math.Max(TokensMax, end.Usage.OutputTokens),
            Reason = Reason == FinishReason.Error ? Reason : end.Reason,
            Usage = new Usage(
                end.Usage.PromptTokens,
                Usage.OutputTokens + end.Usage.OutputTokens,
                Math.Max(Usage.CachedTokens, end.Usage.CachedTokens),
                Math.Max(Usage.Preemptions, end.Usage.Preemptions)),
        };

    /// <summary>The choice has been made.</summary>
    public SampleEnds Chosen() => this with { IsRanked = false };
}
