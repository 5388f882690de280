using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Laws;

/// <summary>What laws say of the samples of a request.</summary>
internal static class RequestSamples
{
    /// <summary>
    /// Whether a cancellation is about this sequence: about its whole request, or about its one
    /// sample, which has begun.
    /// </summary>
    public static bool Means(this Event.Cancelled cancelled, Sequence sequence) =>
        sequence.Request.Id == cancelled.Id
        && (cancelled.Sample is not { } sample
            || (sample == sequence.Sample && sequence.Width == 1));

    /// <summary>The ends of all samples that a sequence stands for.</summary>
    public static IEnumerable<Decision> Ends(this Sequence sequence, FinishReason reason) =>
        Enumerable.Range(sequence.Sample, sequence.Width).Select(sample =>
            new Decision.Finish(sequence.Request.Id, reason, sequence.Usage) { Sample = sample });
}
