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
        var squares = Vector256<float>.Zero;
        for (var i = 0; i < n; i += 8)
        {
            var value = Vector256.Load(x + i);
            squares = Vector256.FusedMultiplyAdd(value, value, squares);
        }
        var scale = Vector256.Create(1 / MathF.Sqrt(Vector256.Sum(squares) / n + epsilon));
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
        for (var i = 0; i < n; i += 8)
        {
            var gate = T.Load(gateUp + i);
            var silu = gate / (Vector256<float>.One + Lanes.Exp(-gate));
            T.Store(y + i, silu * T.Load(gateUp + n + i));
        }
    }
}
