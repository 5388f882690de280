using FsCheck;
using FsCheck.Fluent;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Generated workloads outside FsCheck's own runner, of the sizes that it would use.
/// </summary>
public static class Samples
{
    private const int SizeMax = 100;

    /// <summary>The same workloads for the same seed, growing.</summary>
    public static IEnumerable<Workload> Of(int count, ulong seed) =>
        Enumerable.Range(0, count).Select(index => Workloads.Any
            .Resize(1 + index * SizeMax / count)
            .Sample(1, new Rnd(seed + (ulong)index), 1 + index * SizeMax / count)[0]);
}
