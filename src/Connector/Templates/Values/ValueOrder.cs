using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Python's order: numbers by value, strings by code point, lists and tuples item by item.
/// </summary>
internal static class ValueOrder
{
    /// <summary>
    /// Negative, zero or positive as <paramref name="left"/> is before, at or after the other.
    /// </summary>
    /// <param name="symbol">The operator that asks, for the error message.</param>
    /// <exception cref="TemplateFault">
    /// The types have no order; an operand is undefined.
    /// </exception>
    public static double Compare(Value left, Value right, string symbol = "<")
    {
        return (left, right) switch
        {
            (Value.Text a, Value.Text b) => CodePoints.Compare(a.Chars, b.Chars),
            (Value.List a, Value.List b) => CompareItems(a.Items, b.Items, symbol),
            (Value.Tuple a, Value.Tuple b) => CompareItems(a.Items, b.Items, symbol),
            _ when Number.IsNumber(left) && Number.IsNumber(right) => Number.Compare(left, right),
            _ => throw TemplateFault.On(
                left is Value.Undefined ? left : right,
                $"'{symbol}' not supported between instances of"
                + $" '{Describe.TypeOf(left)}' and '{Describe.TypeOf(right)}'"),
        };
    }

    private static double CompareItems(
        ImmutableArray<Value> left, ImmutableArray<Value> right, string symbol)
    {
        for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
        {
            if (!ValueEquality.Instance.Equals(left[i], right[i]))
                return Compare(left[i], right[i], symbol);
        }

        return left.Length.CompareTo(right.Length);
    }
}
