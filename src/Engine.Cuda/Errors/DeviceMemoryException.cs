namespace SkPaged.Engine.Cuda;

/// <summary>
/// The device has not the memory that weights need, or a step beside weights and KV cache. For
/// steps, at start: lower <see cref="LlmEngineOptions.MaxBatchedTokens"/> or
/// <see cref="LlmEngineOptions.MaxSequences"/>.
/// </summary>
public sealed class DeviceMemoryException : Exception
{
    internal DeviceMemoryException(long bytes, string device, Exception cause)
        : base(
            $"{bytes:N0} bytes could not be allocated on {device}: "
            + cause.Message.Split('\n')[0], cause) => Bytes = bytes;

    private DeviceMemoryException(string message)
        : base(message)
    {
    }

    /// <summary>What was asked for.</summary>
    public long Bytes { get; private init; }

    /// <summary>What is free; null where the allocation itself failed.</summary>
    public long? BytesFree { get; private init; }

    internal static DeviceMemoryException Weights(
        long bytes, string dtype, string device, long bytesFree) =>
        new($"The weights are {bytes:N0} bytes in {dtype}; {bytesFree:N0} bytes of {device} are "
            + "free.")
        {
            Bytes = bytes,
            BytesFree = bytesFree,
        };
}
