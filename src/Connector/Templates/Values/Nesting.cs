using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Size and depth of nested values, kept at hand so that no walk over one can run away.</summary>
internal static class Nesting
{
    public static int WeightOf(ImmutableArray<Value> items)
    {
        var weight = 1L;
        foreach (var item in items)
            weight += item.Weight;
        return (int)Math.Min(weight, int.MaxValue);
    }

    /// <exception cref="TemplateFault">Deeper than <see cref="TemplateLimits.MaxValueDepth"/>.</exception>
    public static int DepthOf(ImmutableArray<Value> items)
    {
        var depth = 0;
        foreach (var item in items)
            depth = Math.Max(depth, item.Depth);
        return depth < TemplateLimits.MaxValueDepth
            ? depth + 1
            : throw new TemplateFault(
                $"a value is nested deeper than {TemplateLimits.MaxValueDepth} levels");
    }
}
