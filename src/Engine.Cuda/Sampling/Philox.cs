namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>
/// Philox 4x32-10: a random function from counter and key, without state. Source: Salmon et al.,
/// "Parallel random numbers: as easy as 1, 2, 3", SC '11.
/// </summary>
internal static class Philox
{
    private const int Rounds = 10;
    private const uint Multiplier0 = 0xD2511F53, Multiplier1 = 0xCD9E8D57;
    private const uint Weyl0 = 0x9E3779B9, Weyl1 = 0xBB67AE85;

    /// <summary>128 bits that belong to this counter under this key.</summary>
    public static (uint, uint, uint, uint) Block(
        (uint, uint, uint, uint) counter, (uint, uint) key)
    {
        var (c0, c1, c2, c3) = counter;
        var (k0, k1) = key;
        for (var round = 0; round < Rounds; round++, k0 += Weyl0, k1 += Weyl1)
        {
            var p0 = (ulong)Multiplier0 * c0;
            var p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) =
                ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
        }
        return (c0, c1, c2, c3);
    }

    /// <summary>
    /// The number in [0, 1) that draws the token at <paramref name="position"/> of sample
    /// <paramref name="sample"/> of a request: 53 bits.
    /// </summary>
    public static double Uniform(ulong seed, int sample, long position)
    {
        var (low, high, _, _) = Block(
            ((uint)position, (uint)(position >> 32), (uint)sample, 0),
            ((uint)seed, (uint)(seed >> 32)));
        return (((ulong)high << 32 | low) >> 11) * (1.0 / (1UL << 53));
    }
}
