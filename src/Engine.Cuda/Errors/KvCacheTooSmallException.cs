namespace SkPaged.Engine.Cuda;

/// <summary>The memory for keys and values is not enough for a single sequence.</summary>
public sealed class KvCacheTooSmallException : Exception
{
    internal KvCacheTooSmallException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>
    /// Bytes that one sequence of the full length needs; 0 where that is not the cause.
    /// </summary>
    public long BytesNeeded { get; private init; }

    /// <summary>Bytes that are free.</summary>
    public long BytesFree { get; private init; }

    internal static KvCacheTooSmallException Sequence(
        int tokens, int blocks, int blockSize, long bytesPerBlock, long bytesFree) =>
        new($"One sequence of {tokens:N0} tokens needs {blocks:N0} blocks of {blockSize} tokens, "
            + $"{blocks * bytesPerBlock:N0} bytes in all; {bytesFree:N0} bytes are free. "
            + "Lower MaxModelLength, or give KvBlocks.")
        {
            BytesNeeded = blocks * bytesPerBlock,
            BytesFree = bytesFree,
        };

    internal static KvCacheTooSmallException Given(int blocks, long bytesPerBlock,
        long bytesFree) =>
        new($"KvBlocks is {blocks:N0}: with {bytesPerBlock:N0} bytes a block that is "
            + $"{blocks * bytesPerBlock:N0} bytes; {bytesFree:N0} bytes are free.")
        {
            BytesNeeded = blocks * bytesPerBlock,
            BytesFree = bytesFree,
        };
}
