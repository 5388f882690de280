using SkPaged.Engine.Cuda.Simd;

namespace SkPaged.Engine.Cuda.Tests.Simd;

/// <summary>Rows of stored numbers.</summary>
internal static class Elements
{
    /// <summary>Numbers in [-1, 1), rounded to T.</summary>
    public static T[] Random<T>(int count, int seed)
        where T : unmanaged, IElement<T>
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => T.From(2 * random.NextSingle() - 1))];
    }

    public static float[] Values<T>(T[] elements)
        where T : unmanaged, IElement<T> =>
        [.. elements.Select(element => element.Value)];

    /// <summary>What rounding to T may change of a value: half a unit in the last place.</summary>
    public static float Rounding<T>()
        where T : unmanaged, IElement<T> =>
        typeof(T) == typeof(BFloat16Element) ? 1f / 256 : 1f / (1 << 24);
}
