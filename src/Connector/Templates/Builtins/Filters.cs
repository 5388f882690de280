using System.Collections.Frozen;

namespace SkPaged.Connector.Templates;

/// <summary>All filters by name.</summary>
internal static class Filters
{
    private static readonly FrozenDictionary<string, Operation> All =
        TextFilters.All
            .Concat(NumberFilters.All)
            .Concat(SequenceFilters.All)
            .Concat(SelectionFilters.All)
            .Concat(ConversionFilters.All)
            .ToFrozenDictionary(filter => filter.Name, filter => filter.Run);

    public static Operation? Find(string name) => All.GetValueOrDefault(name);
}
