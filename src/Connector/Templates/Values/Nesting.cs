using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Size and depth of nested values, kept at hand so that no walk over one can run away.
/// </summary>
internal static class Nesting
{
    public static int WeightOf(ImmutableArray<Value> items)
    {
        var weight = 1L;
        foreach (var item in items)
            weight += item.Weight;
        return Saturate(weight);
    }

    public static int WeightOf(OrderedDictionary<Value, Value> entries)
    {
        var weight = 1L;
        foreach (var (key, value) in entries)
            weight += (long)key.Weight + value.Weight;
        return Saturate(weight);
    }

    /// <exception cref="TemplateFault">
    /// Deeper than <see cref="TemplateLimits.MaxValueDepth"/>.
    /// </exception>
    public static int DepthOf(ImmutableArray<Value> items)
    {
        var depth = 0;
        foreach (var item in items)
            depth = Math.Max(depth, item.Depth);
        return OneDeeper(depth);
    }

    /// <inheritdoc cref="DepthOf(ImmutableArray{Value})"/>
    public static int DepthOf(OrderedDictionary<Value, Value> entries)
    {
        var depth = 0;
        foreach (var (key, value) in entries)
            depth = Math.Max(depth, Math.Max(key.Depth, value.Depth));
        return OneDeeper(depth);
    }

    public static TemplateFault TooDeep() =>
        new($"a value is nested deeper than {TemplateLimits.MaxValueDepth} levels");

    private static int Saturate(long weight) => (int)Math.Min(weight, int.MaxValue);

    private static int OneDeeper(int depth) =>
        depth < TemplateLimits.MaxValueDepth ? depth + 1 : throw TooDeep();
}
