using System.Collections.Immutable;

namespace SkPaged.Properties.Generators;

/// <summary>Smaller lists that may show the same failure.</summary>
public static class Shrinking
{
    /// <summary>
    /// The list without one chunk: halves first, then quarters, down to single items.
    /// </summary>
    public static IEnumerable<ImmutableArray<T>> Without<T>(ImmutableArray<T> items)
    {
        for (var chunk = (items.Length + 1) / 2; chunk >= 1; chunk /= 2)
        {
            for (var start = 0; start < items.Length; start += chunk)
                yield return items.RemoveRange(start, Math.Min(chunk, items.Length - start));
        }
    }

    /// <summary>
    /// A list from which no chunk can be removed without losing the failure, found greedily
    /// within a number of attempts.
    /// </summary>
    public static ImmutableArray<T> Minimal<T>(
        ImmutableArray<T> failing, Func<ImmutableArray<T>, bool> fails, int attemptsMax)
    {
        for (var chunk = (failing.Length + 1) / 2; chunk >= 1; chunk /= 2)
        {
            for (var start = 0; start < failing.Length && attemptsMax > 0; attemptsMax--)
            {
                var fewer = failing.RemoveRange(start, Math.Min(chunk, failing.Length - start));
                if (fails(fewer))
                    failing = fewer;
                else
                    start += chunk;
            }
        }

        return failing;
    }
}
