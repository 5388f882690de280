using System.Runtime.InteropServices;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// What <see cref="AmxCode"/> reads: one block of a product, [rows, k] x [k, 32 columns].
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct AmxBlock
{
    public const int InputAt = 0, InputStrideAt = 8, WeightsAt = 16, BiasAt = 24, StepsAt = 32,
        ScratchAt = 40, RowsAt = 48, OutputAt = 56, OutputStrideAt = 64;

    /// <summary>The first row of the input.</summary>
    public void* Input;

    /// <summary>Bytes from one row of the input to the next.</summary>
    public nint InputStride;

    /// <summary>The packed panel: for each pair of k, the pairs of 32 columns.</summary>
    public void* Weights;

    /// <summary>32 elements of float32.</summary>
    public void* Bias;

    /// <summary>k / 32.</summary>
    public nint Steps;

    /// <summary>32 rows of 32 elements of float32.</summary>
    public void* Scratch;

    /// <summary>Rows of the block, as the tiles are configured.</summary>
    public nint Rows;

    /// <summary>The first row of the output, at the panel's first column.</summary>
    public void* Output;

    /// <summary>Bytes from one row of the output to the next.</summary>
    public nint OutputStride;
}
