namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// Into how many splits the keys of single queries are cut, and what that takes: attention.cuh.
/// A batch that fills the device by itself is not split.
/// </summary>
/// <param name="Constants">The model's sizes.</param>
/// <param name="Multiprocessors">The device's.</param>
internal readonly record struct QuerySplits(KernelConstants Constants, int Multiprocessors)
{
    private const int SplitsMax = 64;

    // Blocks of threads that keep a multiprocessor's share of the memory busy. More of them, each
    // with fewer keys, were slower: docs/measurements.md.
    private const int BlocksEach = 2;

    private int BlocksWanted => BlocksEach * Multiprocessors;

    /// <summary>Splits of each of so many queries, at least 1.</summary>
    public int Of(int queries) =>
        Math.Clamp(BlocksWanted / Math.Max(1, queries * Constants.HeadBlocks), 1, SplitsMax);

    /// <summary>Blocks of threads that may share a query, whatever their number.</summary>
    public int Counters => Math.Max(1, BlocksWanted);

    /// <summary>Bytes of what splits find, whatever their number.</summary>
    public long PartialBytes =>
        (long)BlocksWanted * Constants.HeadTile * (Constants.HeadDim + 2) * sizeof(float);
}
