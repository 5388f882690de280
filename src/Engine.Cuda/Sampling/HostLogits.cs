using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Sampling;

/// <summary>Rows of logits in the host's memory, which stays its owner's.</summary>
/// <param name="Start">The first row's first.</param>
/// <param name="IsWide">float32; otherwise bfloat16.</param>
/// <param name="Width">Elements of a row.</param>
internal readonly unsafe record struct HostLogits(nint Start, bool IsWide, int Width)
{
    /// <summary>Those of a tensor on the CPU, [rows, vocabulary].</summary>
    public static HostLogits Of(Tensor logits) => new(
        (nint)TensorMemory.Pointer(logits), logits.dtype == ScalarType.Float32,
        (int)logits.shape[1]);

    /// <summary>A row as float32.</summary>
    public void Widen(int row, float* target)
    {
        if (IsWide)
            Widen<Float32Element>(row, target);
        else
            Widen<BFloat16Element>(row, target);
    }

    private void Widen<T>(int row, float* target)
        where T : unmanaged, IElement<T> =>
        Rowwise<T>.Widen((T*)Start + (nint)row * Width, target, Width);
}
