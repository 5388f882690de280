using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>Torch's names for the elements.</summary>
internal static class Element
{
    public static ScalarType Of<T>()
        where T : unmanaged, IElement<T> =>
        typeof(T) == typeof(Float32Element) ? ScalarType.Float32
        : typeof(T) == typeof(BFloat16Element) ? ScalarType.BFloat16
        : throw new NotSupportedException(typeof(T).Name);
}
