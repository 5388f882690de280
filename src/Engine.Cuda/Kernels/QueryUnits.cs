namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// The units of keys that blocks of threads share out among them for attention of single queries,
/// and what that takes: attention.cuh. Where units of some size are no more than the blocks, each
/// block has one. Then none works on two queries, few on the same, and little is merged. Otherwise
/// units are small, and each block has as much as any other.
/// </summary>
/// <param name="Constants">The model's sizes.</param>
/// <param name="Blocks">Blocks of threads that the device holds at once.</param>
internal readonly record struct QueryUnits(KernelConstants Constants, int Blocks)
{
    private const int LeastKeys = 64;

    // A block begins with a part of a query and ends with a part of another.
    private const int PartsLeft = 2;

    // What a block takes beside its keys, in units of the least size: with one unit, and with a
    // share of the line, which has two parts and is merged at both ends. Measured on an H200.
    private const int OverheadOfOne = 3, OverheadOfShare = 8;

    /// <summary>Bytes of what blocks of threads leave to be merged.</summary>
    public long PartialBytes =>
        (long)Blocks * PartsLeft * Constants.HeadTile * Aligned(Constants.HeadDim + 2)
            * sizeof(float);

    /// <summary>Bytes of the counters of so many queries.</summary>
    public static long CounterBytes(KernelConstants constants, int queries) =>
        (long)queries * constants.HeadBlocks * sizeof(int);

    /// <summary>
    /// Writes the column: for each query the units of those before it, then of all, then the keys
    /// of a unit.
    /// </summary>
    /// <param name="lengths">Keys that each query sees.</param>
    /// <param name="column">Two entries more.</param>
    public void Fill(ReadOnlySpan<int> lengths, Span<int> column)
    {
        var keys = KeysEach(lengths);
        column[0] = 0;
        for (var query = 0; query < lengths.Length; query++)
            column[query + 1] = column[query] + Units(lengths[query], keys);
        column[lengths.Length + 1] = keys;
    }

    // The size that the last block to end with is expected to end soonest with.
    private int KeysEach(ReadOnlySpan<int> lengths)
    {
        var share = Total(lengths, LeastKeys) / Math.Max(1, Blocks);
        for (var each = 1; each + OverheadOfOne <= share + OverheadOfShare; each++)
            if (Total(lengths, each * LeastKeys) <= Blocks)
                return each * LeastKeys;
        return LeastKeys;
    }

    private long Total(ReadOnlySpan<int> lengths, int keys)
    {
        var units = 0L;
        foreach (var length in lengths)
            units += Units(length, keys);
        return units * Constants.HeadBlocks;
    }

    private static int Units(int length, int keys) => (length + keys - 1) / keys;

    private static long Aligned(long floats) => (floats + 3) / 4 * 4;
}
