using SkPaged.Engine.Cuda.Memory;

namespace SkPaged.Engine.Cuda;

/// <summary>The memory for keys and values is not enough for a single sequence.</summary>
public sealed class KvCacheTooSmallException : Exception
{
    internal KvCacheTooSmallException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>
    /// Bytes that one sequence of the full length needs, or the given blocks; 0 where that is not
    /// the cause.
    /// </summary>
    public long BytesNeeded { get; private init; }

    /// <summary>Bytes that are free beside weights and activations.</summary>
    public long BytesFree { get; private init; }

    /// <summary>Bytes of the weights; 0 where that is not known.</summary>
    public long WeightBytes { get; private init; }

    /// <summary>
    /// Bytes that the longest step takes beside the weights; 0 where that is not measured.
    /// </summary>
    public long ActivationBytes { get; private init; }

    /// <summary>
    /// Tokens of the longest sequence that would fit; null where another thing is wrong.
    /// </summary>
    public int? LengthFits { get; private init; }

    internal static KvCacheTooSmallException Sequence(
        MemoryProfile profile, string message, long needed) =>
        new(message)
        {
            BytesNeeded = needed,
            BytesFree = profile.BytesFree,
            WeightBytes = profile.WeightBytes,
            ActivationBytes = profile.ActivationBytes,
            LengthFits = profile.LengthFits,
        };

    internal static KvCacheTooSmallException Given(
        MemoryProfile profile, string message, long needed) =>
        new(message)
        {
            BytesNeeded = needed,
            BytesFree = profile.BytesFree,
            WeightBytes = profile.WeightBytes,
            ActivationBytes = profile.ActivationBytes,
        };
}
