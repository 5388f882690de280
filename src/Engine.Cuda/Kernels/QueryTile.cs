using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>
/// Neighbouring tokens of one row whose attention one block of threads computes: int4 of
/// attention_tiles.cu.
/// </summary>
/// <param name="FirstToken">Where its first token is among the step's.</param>
/// <param name="FirstPosition">That token's position in its sequence.</param>
/// <param name="Tokens">At least 1.</param>
/// <param name="Table">Where the row's block table begins among all.</param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct QueryTile(
    int FirstToken, int FirstPosition, int Tokens, int Table)
{
    /// <summary>Query heads of tokens that a block computes.</summary>
    public const int Rows = 64;

    /// <summary>Keys that pass through shared memory at a time.</summary>
    public static int Keys(int headDim) => headDim <= 128 ? 64 : 32;

    /// <summary>Bytes of shared memory that a block needs.</summary>
    public static int SharedBytes(int headDim) =>
        (Rows + 2 * Keys(headDim)) * (headDim + 8) * sizeof(short);
}
