using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// What a caller of the engine loop reads: of each sample tokens, then exactly one end, samples
/// mixed; then, if more were drawn than asked for, those that are chosen.
/// </summary>
public abstract record TokenEvent
{
    private TokenEvent()
    {
    }

    /// <summary>The next token.</summary>
    public sealed record Token(SampledToken Sample) : TokenEvent
    {
        /// <summary>Which of the request's samples goes on; default 0, the first.</summary>
        public int Index { get; init; }
    }

    /// <summary>
    /// The end of a sample: stop, length or abort. An error is thrown instead.
    /// </summary>
    public sealed record Finished(FinishReason Reason, Usage Usage) : TokenEvent
    {
        /// <summary>Which of the request's samples ends; default 0, the first.</summary>
        public int Index { get; init; }

        /// <summary>
        /// Sum of the log probabilities of a beam's output. Null, the default, where tokens are
        /// drawn: theirs come with them.
        /// </summary>
        public double? Logprob { get; init; }
    }

    /// <summary>
    /// All samples have ended and these are the answer, the best first. The last event of a request
    /// that drew more samples than it asked for, and of no other.
    /// </summary>
    public sealed record Chosen(ImmutableArray<int> Samples) : TokenEvent
    {
        /// <inheritdoc/>
        public bool Equals(Chosen? other) =>
            other is not null && Samples.SequenceEqual(other.Samples);

        /// <inheritdoc/>
        public override int GetHashCode() => Samples.Length;
    }
}
