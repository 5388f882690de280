namespace SkPaged.Engine.Pure;

/// <summary>What of a sequence is the same from step to step, except now and then.</summary>
/// <param name="Request"><see cref="Sequence.Request"/>; null only before it is told.</param>
/// <param name="Sample"><see cref="Sequence.Sample"/>.</param>
/// <param name="Beams"><see cref="Sequence.Beams"/>.</param>
/// <param name="HostBlocks"><see cref="Sequence.HostBlocks"/>.</param>
/// <param name="CachedTokens"><see cref="Sequence.CachedTokens"/>.</param>
/// <param name="Logprobs"><see cref="Sequence.Logprobs"/>.</param>
/// <param name="Preemptions"><see cref="Sequence.Preemptions"/>.</param>
internal sealed record SequenceDetails(
    Request? Request,
    int Sample,
    BeamState? Beams,
    BlockTable HostBlocks,
    int CachedTokens,
    double Logprobs,
    int Preemptions)
{
    /// <summary>Of a sequence that arrives.</summary>
    public static SequenceDetails Initial { get; } =
        new(null, 0, null, BlockTable.Empty, 0, 0, 0);
}
