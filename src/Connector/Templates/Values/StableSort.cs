using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Python's <c>sorted</c>: stable, and asking nothing but "is right before left". (The runtime's
/// own sort wraps a comparison's fault in another exception.)
/// </summary>
internal static class StableSort
{
    public static ImmutableArray<Value> Sort(
        Rendering rendering, IEnumerable<Value> items, Func<Value, Value> key, bool descending)
    {
        var pairs = items.Select(item => (Key: key(item), Item: item)).ToArray();
        var rounds = 1 + (long)Math.Log2(pairs.Length + 1);
        rendering.Spend(rounds * pairs.Sum(pair => (long)pair.Key.Weight));
        var sign = descending ? -1 : 1;
        Sort(pairs, (left, right) => sign * ValueOrder.Compare(right.Key, left.Key) < 0);
        return [.. pairs.Select(pair => pair.Item)];
    }

    public static void Sort<T>(Span<T> items, Func<T, T, bool> rightIsBefore)
    {
        if (items.Length < 2)
            return;
        var left = items[..(items.Length / 2)].ToArray();
        var right = items[(items.Length / 2)..].ToArray();
        Sort<T>(left, rightIsBefore);
        Sort<T>(right, rightIsBefore);
        var (i, j) = (0, 0);
        for (var k = 0; k < items.Length; k++)
        {
            var takeRight = i == left.Length
                || (j < right.Length && rightIsBefore(left[i], right[j]));
            items[k] = takeRight ? right[j++] : left[i++];
        }
    }
}
