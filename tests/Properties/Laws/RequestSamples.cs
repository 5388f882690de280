using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Laws;

/// <summary>What laws say of the samples of a request.</summary>
internal static class RequestSamples
{
    /// <summary>
    /// Whether a cancellation is about this sequence: about its whole request, or about its one
    /// sample, which has begun. A beam is no sample before its search is over.
    /// </summary>
    public static bool Means(this Event.Cancelled cancelled, Sequence sequence) =>
        sequence.Request.Id == cancelled.Id
        && (cancelled.Sample is not { } sample
            || (sample == sequence.Sample && sequence is { Width: 1, Request.Beams: null }));

    /// <summary>
    /// The ends of all samples that a sequence stands for. A search that is cut off tells those
    /// that were asked for, and no token of them.
    /// </summary>
    public static IEnumerable<Decision> Ends(this Sequence sequence, FinishReason reason)
    {
        var (searches, usage) = (sequence.Request.Beams is not null, sequence.Usage);
        return Enumerable.Range(sequence.Sample, sequence.Width)
            .Where(sample => !searches || sample < sequence.Request.Samples)
            .Select(sample => new Decision.Finish(
                sequence.Request.Id,
                reason,
                searches ? usage with { OutputTokens = 0 } : usage)
            {
                Sample = sample,
            });
    }
}
