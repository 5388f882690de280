namespace SkPaged.Engine.Cuda;

/// <summary>
/// The device has not the memory that a step needs beside weights and KV cache. At start: lower
/// <see cref="LlmEngineOptions.MaxBatchedTokens"/> or <see cref="LlmEngineOptions.MaxSequences"/>.
/// </summary>
public sealed class DeviceMemoryException : Exception
{
    internal DeviceMemoryException(long bytes, string device, Exception cause)
        : base(
            $"{bytes:N0} bytes could not be allocated on {device}: "
            + cause.Message.Split('\n')[0], cause) => Bytes = bytes;

    /// <summary>What was asked for.</summary>
    public long Bytes { get; }
}
