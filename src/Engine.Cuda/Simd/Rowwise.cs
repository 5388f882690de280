using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>What a decoder does to one row at a time: computed in float32, rounded once.</summary>
internal static unsafe class Rowwise<T>
    where T : unmanaged, IElement<T>
{
    /// <summary>y = x / sqrt(mean(x²) + epsilon) * weight, for one row of n elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RmsNorm(float* x, T* weight, T* y, int n, float epsilon)
    {
        // Two sums, to hide the latency of the multiply-add; n is a multiple of 16.
        Vector256<float> squares0 = default, squares1 = default;
        for (var i = 0; i < n; i += 16)
        {
            var (a, b) = (Vector256.Load(x + i), Vector256.Load(x + i + 8));
            squares0 = Vector256.FusedMultiplyAdd(a, a, squares0);
            squares1 = Vector256.FusedMultiplyAdd(b, b, squares1);
        }
        var scale = Vector256.Create(
            1 / MathF.Sqrt(Vector256.Sum(squares0 + squares1) / n + epsilon));
        for (var i = 0; i < n; i += 8)
            T.Store(y + i, Vector256.Load(x + i) * scale * T.Load(weight + i));
    }

    /// <summary>x += delta, for n elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Add(float* x, T* delta, int n)
    {
        for (var i = 0; i < n; i += 8)
            (Vector256.Load(x + i) + T.Load(delta + i)).Store(x + i);
    }

    /// <summary>target = source as float32, for n elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(T* source, float* target, int n)
    {
        var i = 0;
        for (; i + 8 <= n; i += 8)
            T.Load(source + i).Store(target + i);
        for (; i < n; i++)
            target[i] = source[i].Value;
    }

    /// <summary>
    /// y = silu(gate) * up, for one row: gate is the first n of <paramref name="gateUp"/>, up the
    /// next n.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void SiluMultiply(T* gateUp, T* y, int n)
    {
        for (var i = 0; i < n; i += IElement<T>.PairLength)
        {
            T.LoadPair(gateUp + i, out var gateA, out var gateB);
            T.LoadPair(gateUp + n + i, out var upA, out var upB);
            T.StorePair(y + i, Silu(gateA) * upA, Silu(gateB) * upB);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Silu(Vector256<float> x) =>
        x / (Vector256<float>.One + Lanes.Exp(-x));
}
