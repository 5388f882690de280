using System.Collections.Immutable;
using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Python's <c>==</c> and <c>hash</c>: numbers of all types compare by value (<c>1 == 1.0 ==
/// True</c>), containers by content.
/// </summary>
internal sealed class ValueEquality : IEqualityComparer<Value>
{
    public static readonly ValueEquality Instance = new();

    public bool Equals(Value? left, Value? right) => (left, right) switch
    {
        (Value.Text a, Value.Text b) => a.Chars == b.Chars,
        (Value.List a, Value.List b) => SameItems(a.Items, b.Items),
        (Value.Tuple a, Value.Tuple b) => SameItems(a.Items, b.Items),
        (Value.Range a, Value.Range b) => SameItems(a.Items, b.Items),
        (Value.Dict a, Value.Dict b) => SameEntries(a.Entries, b.Entries),
        (Value.Undefined, Value.Undefined) => true,
        (Value.None, Value.None) => true,
        ({ } a, { } b) when Number.IsNumber(a) && Number.IsNumber(b) => Number.Compare(a, b) == 0,
        _ => ReferenceEquals(left, right),
    };

    /// <exception cref="TemplateFault">A list or dict: as in Python, these are no keys.</exception>
    public int GetHashCode(Value value) => value switch
    {
        Value.Text text => text.Chars.GetHashCode(StringComparison.Ordinal),
        Value.Bool flag => BigInteger.One.GetHashCode() * (flag.Truth ? 1 : 0),
        Value.Integer { Number: var number } => number.GetHashCode(),
        Value.Float { Number: var number } => double.IsInteger(number)
            ? new BigInteger(number).GetHashCode()
            : number.GetHashCode(),
        Value.Tuple tuple => HashItems(tuple.Items),
        Value.List or Value.Dict =>
            throw new TemplateFault($"unhashable type: '{Describe.TypeOf(value)}'"),
        Value.Undefined or Value.None => 0,
        _ => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(value),
    };

    private int HashItems(ImmutableArray<Value> items)
    {
        var hash = default(HashCode);
        foreach (var item in items)
            hash.Add(GetHashCode(item));
        return hash.ToHashCode();
    }

    private bool SameItems(ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        left.Length == right.Length && left.SequenceEqual(right, this);

    private bool SameEntries(
        OrderedDictionary<Value, Value> left, OrderedDictionary<Value, Value> right) =>
        left.Count == right.Count
        && left.All(entry => right.TryGetValue(entry.Key, out var other)
            && Equals(entry.Value, other));
}
