using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>How many blocks fit.</summary>
/// <param name="BytesFree">Bytes of the device that nothing uses, the weights being loaded.</param>
/// <param name="Fraction">The share of them that the KV cache may have. (0, 1].</param>
/// <param name="BytesPerBlock">Over all layers, K and V.</param>
/// <param name="BlockSize">Tokens a block holds.</param>
/// <param name="LengthMax">Tokens a sequence may have.</param>
/// <param name="SequencesMax">Sequences that run at once.</param>
internal sealed record MemoryProfile(
    long BytesFree,
    double Fraction,
    long BytesPerBlock,
    int BlockSize,
    int LengthMax,
    int SequencesMax)
{
    private int BlocksPerSequence => BlockTable.BlocksFor(LengthMax, BlockSize);

    /// <summary>
    /// What the share holds, but at least one sequence of the full length and at most as many of
    /// them as may run.
    /// </summary>
    /// <exception cref="KvCacheTooSmallException">
    /// All that is free does not hold one sequence.
    /// </exception>
    public int Blocks()
    {
        if (BlocksPerSequence * BytesPerBlock > BytesFree)
            throw KvCacheTooSmallException.Sequence(
                LengthMax, BlocksPerSequence, BlockSize, BytesPerBlock, BytesFree);
        var share = (long)(BytesFree * Fraction / BytesPerBlock);
        var most = Math.Min((long)BlocksPerSequence * SequencesMax, int.MaxValue);
        return (int)Math.Clamp(share, BlocksPerSequence, most);
    }

    /// <summary>A given number of blocks, if they fit.</summary>
    /// <exception cref="KvCacheTooSmallException">They do not.</exception>
    public int Blocks(int given) =>
        given * BytesPerBlock <= BytesFree
            ? given
            : throw KvCacheTooSmallException.Given(given, BytesPerBlock, BytesFree);
}
