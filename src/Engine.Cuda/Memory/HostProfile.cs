using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>How many blocks the host holds for swapping.</summary>
internal static class HostProfile
{
    /// <summary>As many as the options give.</summary>
    /// <param name="options">A number of blocks, or of bytes.</param>
    /// <param name="bytesPerBlock">Over all layers, K and V.</param>
    /// <param name="bytesFree">Of the host's memory.</param>
    /// <exception cref="EngineConfigException">The bytes are less than a block.</exception>
    /// <exception cref="HostCacheTooLargeException">It is more than is free.</exception>
    public static int Blocks(LlmEngineOptions options, long bytesPerBlock, long bytesFree) =>
        options.HostBlocks is not { } given
            ? Blocks(options.HostCacheBytes, bytesPerBlock, bytesFree)
        : given * bytesPerBlock <= Math.Max(0, bytesFree) ? given
        : throw HostCacheTooLargeException.Given(given, bytesPerBlock, Math.Max(0, bytesFree));

    /// <summary>The whole blocks that are in <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What was asked for; 0: none.</param>
    /// <param name="bytesPerBlock">Over all layers, K and V.</param>
    /// <param name="bytesFree">Of the host's memory.</param>
    /// <exception cref="EngineConfigException">It is less than a block.</exception>
    /// <exception cref="HostCacheTooLargeException">It is more than is free.</exception>
    public static int Blocks(long bytes, long bytesPerBlock, long bytesFree)
    {
        if (bytes == 0)
            return 0;
        if (bytes < bytesPerBlock)
            throw new EngineConfigException(
            [
                new ConfigError(
                    nameof(LlmEngineOptions.HostCacheBytes), $"{bytes}",
                    $"0 (none), or at least {bytesPerBlock}, the bytes of a block"),
            ]);
        return bytes <= bytesFree
            ? (int)Math.Min(bytes / bytesPerBlock, int.MaxValue)
            : throw HostCacheTooLargeException.Given(bytes, Math.Max(0, bytesFree));
    }
}
