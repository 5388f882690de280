using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// The upper half of a float32. A pair is its 8 even elements, then its 8 odd ones: each 32-bit
/// lane holds one of both, so a shift and a mask unpack them.
/// </summary>
internal readonly unsafe struct BFloat16Element(ushort bits) : IElement<BFloat16Element>
{
    private readonly ushort _bits = bits;

    public float Value => BitConverter.UInt32BitsToSingle((uint)_bits << 16);

    public static BFloat16Element From(float value)
    {
        var bits = BitConverter.SingleToUInt32Bits(value);
        return new((ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void LoadPair(BFloat16Element* source, out Vector256<float> a,
        out Vector256<float> b)
    {
        var lanes = Vector256.Load((uint*)source);
        a = (lanes << 16).AsSingle();
        b = (lanes & Vector256.Create(0xFFFF0000)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePair(BFloat16Element* target, Vector256<float> a, Vector256<float> b)
    {
        var upper = Rounded(b) & Vector256.Create(0xFFFF0000);
        (upper | (Rounded(a) >> 16)).Store((uint*)target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(BFloat16Element* source)
    {
        var (low, high) = Vector128.Widen(Vector128.Load((ushort*)source));
        return (Vector256.Create(low, high) << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(BFloat16Element* target, Vector256<float> value)
    {
        var upper = Rounded(value) >> 16;
        Vector128.Narrow(upper.GetLower(), upper.GetUpper()).Store((ushort*)target);
    }

    // Nearest even: half of the last kept bit, less one where that bit is 0. The quiet NaN that
    // arithmetic makes keeps room for the carry and stays a NaN.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rounded(Vector256<float> value)
    {
        var bits = value.AsUInt32();
        return bits + Vector256.Create(0x7FFFu) + ((bits >> 16) & Vector256<uint>.One);
    }
}
