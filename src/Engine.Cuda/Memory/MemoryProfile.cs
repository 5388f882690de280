using System.Globalization;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>How many blocks fit.</summary>
/// <param name="BytesFree">
/// Bytes of the device that nothing uses, weights and activations being taken.
/// </param>
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
    /// <summary>Bytes of the weights, for messages.</summary>
    public long WeightBytes { get; init; }

    /// <summary>Bytes that the longest step takes beside them, for messages.</summary>
    public long ActivationBytes { get; init; }

    /// <summary>
    /// The option that gives the share, where no sequence may go beyond it; null: one may.
    /// </summary>
    public string? StrictOption { get; init; }

    /// <summary>Bytes that a sequence may have: the share, or all.</summary>
    public long BytesForSequence => StrictOption is null ? BytesFree : Share;

    /// <summary>
    /// Tokens of the longest sequence that fits; 0: there is not one block.
    /// </summary>
    public int LengthFits =>
        (int)Math.Min(BytesForSequence / BytesPerBlock * BlockSize, LengthMax);

    private long Share => (long)(Math.Max(0, BytesFree) * Fraction);

    private int BlocksPerSequence => BlockTable.BlocksFor(LengthMax, BlockSize);

    private long BytesPerSequence => BlocksPerSequence * BytesPerBlock;

    /// <summary>
    /// What the share holds, but at least one sequence of the full length and at most as many of
    /// them as may run.
    /// </summary>
    /// <exception cref="KvCacheTooSmallException">One sequence does not fit.</exception>
    public int Blocks()
    {
        if (BytesPerSequence > BytesForSequence)
            throw KvCacheTooSmallException.Sequence(this, SequenceProblem, BytesPerSequence);
        var most = Math.Min((long)BlocksPerSequence * SequencesMax, int.MaxValue);
        return (int)Math.Clamp(Share / BytesPerBlock, BlocksPerSequence, most);
    }

    /// <summary>A given number of blocks, if they fit.</summary>
    /// <exception cref="KvCacheTooSmallException">They do not.</exception>
    public int Blocks(int given) =>
        given * BytesPerBlock <= BytesFree
            ? given
            : throw KvCacheTooSmallException.Given(
                this, Text($"KvBlocks is {given:N0}: with {BytesPerBlock:N0} bytes a block that ")
                + Text($"is {given * BytesPerBlock:N0} bytes; {BytesFree:N0} bytes are free")
                + $"{Beside}.", given * BytesPerBlock);

    private string SequenceProblem =>
        Text($"One sequence of {LengthMax:N0} tokens needs {BlocksPerSequence:N0} blocks of ")
        + Text($"{BlockSize} tokens, {BytesPerSequence:N0} bytes in all; {BytesFree:N0} bytes ")
        + $"are free{Beside}{OfWhich}. "
        + (LengthFits < 2
            ? "Not even one block fits."
            : Text($"At most {LengthFits:N0} tokens fit: lower MaxModelLength, or give KvBlocks."));

    private string Beside =>
        WeightBytes == 0 ? ""
        : Text($" beside {WeightBytes:N0} of weights")
            + (ActivationBytes == 0 ? "" : Text($" and {ActivationBytes:N0} of activations"));

    private string OfWhich =>
        StrictOption is null ? "" : Text($", {Share:N0} of them by {StrictOption} {Fraction}");

    private static string Text(FormattableString text) =>
        text.ToString(CultureInfo.InvariantCulture);
}
