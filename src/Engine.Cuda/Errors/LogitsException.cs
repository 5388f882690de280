using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// No token can be drawn from a row's logits: they hold NaN or infinity, or every token is
/// forbidden.
/// </summary>
public sealed class LogitsException : Exception
{
    internal LogitsException(SequenceId sequence, long position, string problem)
        : base($"No token can be drawn for position {position} of {sequence}: {problem}.") =>
        (Sequence, Position) = (sequence, position);

    /// <summary>The sequence.</summary>
    public SequenceId Sequence { get; }

    /// <summary>The position of the token that was to be drawn.</summary>
    public long Position { get; }
}
