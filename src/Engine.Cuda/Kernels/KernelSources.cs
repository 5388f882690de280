using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Kernels;

/// <summary>The kernels' text, which lies in this assembly.</summary>
internal static class KernelSources
{
    private const string Prefix = "SkPaged.Engine.Cuda.Kernels.";

    /// <summary>What kernels include, by name.</summary>
    public static ImmutableSortedDictionary<string, string> Headers { get; } =
        Named(".cuh").ToImmutableSortedDictionary(name => name, Read, StringComparer.Ordinal);

    /// <summary>Names of the sources, each a module of its own.</summary>
    public static ImmutableArray<string> Names { get; } = [.. Named(".cu")];

    /// <summary>The text of a source or header.</summary>
    public static string Read(string name)
    {
        using var stream = typeof(KernelSources).Assembly.GetManifestResourceStream(Prefix + name)
            ?? throw new ArgumentException($"There is no kernel source {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Named(string ending) =>
        typeof(KernelSources).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)
                && name.EndsWith(ending, StringComparison.Ordinal))
            .Select(name => name[Prefix.Length..])
            .Order(StringComparer.Ordinal);
}
