namespace SkPaged.Connector.Templates;

/// <summary>Python's <c>iter()</c> and <c>len()</c>.</summary>
internal static class Iteration
{
    /// <summary>What iterating the value visits; null where it cannot be iterated.</summary>
    public static IEnumerable<Value>? Items(Value value) => value switch
    {
        Value.Sequence sequence => sequence.Items,
        Value.Text text => CodePoints.Each(text.Chars).Select(c => new Value.Text(c)),
        Value.Dict dict => dict.Entries.Keys,
        Value.View view => view.Items,
        Value.Stream stream => Remaining(stream.Rest),
        Value.Undefined => [],
        _ => null,
    };

    /// <summary>The number of elements; null where the value has no length.</summary>
    public static int? Length(Value value) => value switch
    {
        Value.Sequence sequence => sequence.Items.Length,
        Value.Text text => CodePoints.Count(text.Chars),
        Value.Dict dict => dict.Entries.Count,
        Value.View view => view.Items.Length,
        Value.Loop loop => loop.State.Length,
        Value.Undefined => 0,
        _ => null,
    };

    private static IEnumerable<Value> Remaining(IEnumerator<Value> rest)
    {
        while (rest.MoveNext())
            yield return rest.Current;
    }
}
