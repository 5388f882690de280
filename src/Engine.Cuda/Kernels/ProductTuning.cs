using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>What the algorithms that cuBLASLt offers for a product take.</summary>
/// <param name="Shape">The product.</param>
/// <param name="Microseconds">
/// Of each algorithm, in the library's order; null: it does not run. There is one at least.
/// </param>
internal sealed record ProductTuning(ProductShape Shape, ImmutableArray<double?> Microseconds)
{
    // Of the first one's time. What is ahead by less may be so by chance, and the first one is what
    // the library's makers have tested most.
    private const double AheadShare = 0.98;

    /// <summary>The place of the fastest one; 0 where none runs.</summary>
    public int Fastest
    {
        get
        {
            var fastest = 0;
            for (var i = 1; i < Microseconds.Length; i++)
                if (Microseconds[i] is { } time && !(Microseconds[fastest] <= time))
                    fastest = i;
            return fastest;
        }
    }

    /// <summary>
    /// The place of the one to use: the fastest, if it is ahead of the first by more than 2 %.
    /// </summary>
    public int Chosen =>
        Microseconds[0] is { } first && !(Microseconds[Fastest] < AheadShare * first)
            ? 0
            : Fastest;
}
