namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>Selection without sorting.</summary>
internal static class Selection
{
    /// <summary>
    /// Moves the <paramref name="count"/> least keys to the front, in no order. Keys are distinct.
    /// Hoare's quickselect: linear on average.
    /// </summary>
    public static void LeastFirst(Span<ulong> keys, int count)
    {
        while (count > 0 && count < keys.Length)
        {
            var split = Partition(keys);
            if (count <= split)
                keys = keys[..split];
            else
            {
                keys = keys[split..];
                count -= split;
            }
        }
    }

    // Afterwards every key before the split is less than every key from it on; neither side is
    // empty.
    private static int Partition(Span<ulong> keys)
    {
        var pivot = Median(keys[0], keys[keys.Length / 2], keys[^1]);
        int left = 0, right = keys.Length - 1;
        while (true)
        {
            while (keys[left] < pivot)
                left++;
            while (keys[right] > pivot)
                right--;
            if (left >= right)
                return Math.Max(left, 1);
            (keys[left], keys[right]) = (keys[right], keys[left]);
            left++;
            right--;
        }
    }

    private static ulong Median(ulong a, ulong b, ulong c) =>
        Math.Max(Math.Min(a, b), Math.Min(Math.Max(a, b), c));
}
