using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>A float32 in memory. A pair is its first 8 elements, then its last 8.</summary>
internal readonly unsafe struct Float32Element(float value) : IElement<Float32Element>
{
    public float Value { get; } = value;

    public static Float32Element From(float value) => new(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(Float32Element* source, out Vector256<float> a,
        out Vector256<float> b)
    {
        a = Vector256.Load((float*)source);
        b = Vector256.Load((float*)source + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePair(Float32Element* target, Vector256<float> a, Vector256<float> b)
    {
        a.Store((float*)target);
        b.Store((float*)target + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(Float32Element* source) => Vector256.Load((float*)source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Float32Element* target, Vector256<float> value) =>
        value.Store((float*)target);
}
