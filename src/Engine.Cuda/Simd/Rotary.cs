using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// Rotates one head by its position, after an optional norm, in float32; rounds once.
/// </summary>
internal static unsafe class Rotary<T>
    where T : unmanaged, IElement<T>
{
    /// <summary>
    /// The head's halves are (a, b); the result is (a cos - b sin, b cos + a sin).
    /// </summary>
    /// <param name="source">headDim elements.</param>
    /// <param name="target">headDim elements; may be <paramref name="source"/>.</param>
    /// <param name="weight">Of the norm, headDim elements; null: no norm.</param>
    /// <param name="epsilon">Of the norm.</param>
    /// <param name="cos">headDim / 2 elements, of the position.</param>
    /// <param name="sin">headDim / 2 elements, of the position.</param>
    /// <param name="headDim">A multiple of 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Rotate(
        T* source, T* target, T* weight, float epsilon, float* cos, float* sin, int headDim)
    {
        var half = headDim / 2;
        var scale = weight is null
            ? Vector256<float>.One
            : Vector256.Create(1 / MathF.Sqrt(SquareSum(source, headDim) / headDim + epsilon));
        for (var i = 0; i < half; i += 8)
        {
            var a = T.Load(source + i);
            var b = T.Load(source + half + i);
            if (weight is not null)
            {
                a *= scale * T.Load(weight + i);
                b *= scale * T.Load(weight + half + i);
            }
            var c = Vector256.Load(cos + i);
            var s = Vector256.Load(sin + i);
            T.Store(target + i, a * c - b * s);
            T.Store(target + half + i, b * c + a * s);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float SquareSum(T* x, int n)
    {
        var squares = Vector256<float>.Zero;
        for (var i = 0; i < n; i += 8)
        {
            var value = T.Load(x + i);
            squares = Vector256.FusedMultiplyAdd(value, value, squares);
        }
        return Vector256.Sum(squares);
    }
}
