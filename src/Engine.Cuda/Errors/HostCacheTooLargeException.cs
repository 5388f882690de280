namespace SkPaged.Engine.Cuda;

/// <summary>The host's memory does not hold the blocks of swapped sequences.</summary>
public sealed class HostCacheTooLargeException : Exception
{
    internal HostCacheTooLargeException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Bytes that were asked for; 0 where the allocation itself failed.</summary>
    public long BytesNeeded { get; private init; }

    /// <summary>Bytes that are free, less the KV cache where it is in the same memory.</summary>
    public long BytesFree { get; private init; }

    internal static HostCacheTooLargeException Given(long bytes, long bytesFree) =>
        new($"HostCacheBytes is {bytes:N0}; {bytesFree:N0} bytes of the host's memory are free.")
        {
            BytesNeeded = bytes,
            BytesFree = bytesFree,
        };

    internal static HostCacheTooLargeException Given(
        int blocks, long bytesPerBlock, long bytesFree) =>
        new($"HostBlocks is {blocks:N0}: with {bytesPerBlock:N0} bytes a block that is "
            + $"{blocks * bytesPerBlock:N0} bytes; {bytesFree:N0} bytes of the host's memory are "
            + "free.")
        {
            BytesNeeded = blocks * bytesPerBlock,
            BytesFree = bytesFree,
        };
}
