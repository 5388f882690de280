using System.Runtime.Intrinsics;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// A stored number that is computed with as float32. Kernels are written once over it and the
/// compiler makes one version for each element.
/// </summary>
/// <remarks>
/// A pair is 16 elements as two vectors in an order of the element's own choice (what unpacks
/// cheapest). Sums over products do not depend on the order as long as both factors have the same.
/// </remarks>
internal unsafe interface IElement<T>
    where T : unmanaged, IElement<T>
{
    /// <summary>
    /// Elements of a pair; every row length that the kernels see is a multiple of it.
    /// </summary>
    const int PairLength = 16;

    /// <summary>16 elements in pair order.</summary>
    static abstract void LoadPair(T* source, out Vector256<float> a, out Vector256<float> b);

    /// <summary>The inverse of <see cref="LoadPair"/>, rounded to nearest even.</summary>
    static abstract void StorePair(T* target, Vector256<float> a, Vector256<float> b);

    /// <summary>8 elements in memory order.</summary>
    static abstract Vector256<float> Load(T* source);

    /// <summary>The inverse of <see cref="Load"/>, rounded to nearest even.</summary>
    static abstract void Store(T* target, Vector256<float> value);

    /// <summary>This number, rounded to nearest even.</summary>
    static abstract T From(float value);

    /// <summary>This number, exactly.</summary>
    float Value { get; }
}
