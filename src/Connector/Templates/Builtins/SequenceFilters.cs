using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Filters whose input is a sequence or dict.</summary>
internal static class SequenceFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        Builtin.Of("length()", (_, subject, _) => Length(subject)),
        Builtin.Of("count()", (_, subject, _) => Length(subject)),
        Builtin.Of("first()", (rendering, subject, _) =>
            rendering.Each(subject).FirstOrDefault() ?? Missing("No first item, sequence was empty.")),
        Builtin.Of("last()", (_, subject, _) => Last(subject)),
        Builtin.Of("list()", (rendering, subject, _) => new Value.List([.. rendering.Each(subject)])),
        Builtin.Of("reverse()", (rendering, subject, _) => Reverse(rendering, subject)),
        Builtin.Of("join(d=, attribute=)", (rendering, subject, given) =>
            new Value.Text(Join(rendering.Each(subject), given.Str(0), given[1]))),
        Builtin.Of("items()", (_, subject, _) => new Value.Stream(Items(subject).GetEnumerator())),
        Builtin.Of("dictsort(case_sensitive=, by=, reverse=)", DictSort),
        Builtin.Of("sort(reverse=, case_sensitive=, attribute=)", Sort),
        Builtin.Of("unique(case_sensitive=, attribute=)", (rendering, subject, given) =>
            new Value.Stream(Unique(rendering.Each(subject), Key(given, 0, 1)).GetEnumerator())),
        Builtin.Of("min(case_sensitive=, attribute=)", (rendering, subject, given) =>
            Extreme(rendering.Each(subject), Key(given, 0, 1), -1)),
        Builtin.Of("max(case_sensitive=, attribute=)", (rendering, subject, given) =>
            Extreme(rendering.Each(subject), Key(given, 0, 1), +1)),
        Builtin.Of("sum(attribute=, start=)", Sum),
    ];

    private static Value.Undefined Missing(string hint) => new(null, null, hint);

    private static Value.Integer Length(Value value) => Iteration.Length(value) is { } length
        ? Number.Of(length)
        : throw new TemplateFault($"object of type '{Describe.TypeOf(value)}' has no len()");

    private static Value Last(Value value) => value switch
    {
        Value.Stream => throw new TemplateFault("'generator' object is not reversible"),
        Value.Text { Chars: "" } => Missing("No last item, sequence was empty."),
        Value.Text text => Slicing.ElementAt(text, -1)!,
        _ => Iteration.Items(value) is { } items
            ? items.LastOrDefault() ?? Missing("No last item, sequence was empty.")
            : throw new TemplateFault($"'{Describe.TypeOf(value)}' object is not reversible"),
    };

    private static Value Reverse(Rendering rendering, Value value) => value switch
    {
        Value.Text text => text with { Chars = string.Concat(CodePoints.Each(text.Chars).Reverse()) },
        _ => new Value.Stream(rendering.Each(value).Reverse().GetEnumerator()),
    };

    public static string Join(IEnumerable<Value> items, string separator, Value? attribute)
    {
        var text = new TextBuilder();
        var first = true;
        foreach (var item in items)
        {
            text.Append(first ? "" : separator).Append(PythonRepr.Str(At(item, attribute)));
            first = false;
        }

        return text.ToString();
    }

    private static IEnumerable<Value> Items(Value value) => value switch
    {
        Value.Undefined => [],
        Value.Dict dict => Methods.Pairs(dict),
        _ => throw new TemplateFault("Can only get item pairs from a mapping."),
    };

    private static Value.List DictSort(Rendering rendering, Value subject, Given given)
    {
        var position = given.Text(1) switch
        {
            null or "key" => 0,
            "value" => 1,
            _ => throw new TemplateFault("You can only sort by either \"key\" or \"value\""),
        };
        var pairs = subject switch
        {
            Value.Dict dict => Methods.Pairs(dict),
            Value.Undefined undefined => throw undefined.Fault(),
            _ => throw new TemplateFault($"dictsort needs a dict, not '{Describe.TypeOf(subject)}'"),
        };
        return new(StableSort.Sort(
            rendering,
            pairs,
            pair => Folded(((Value.Tuple)pair).Items[position], given.Flag(0)),
            given.Flag(2)));
    }

    private static Value.List Sort(Rendering rendering, Value subject, Given given)
    {
        var paths = given[2] is Value.Text text
            ? text.Chars.Split(',').Select(Value? (path) => new Value.Text(path)).ToList()
            : [given[2]];
        return new(StableSort.Sort(rendering, rendering.Each(subject), Key, given.Flag(0)));

        Value Key(Value item) =>
            new Value.List([.. paths.Select(path => Folded(At(item, path), given.Flag(1)))]);
    }

    private static IEnumerable<Value> Unique(IEnumerable<Value> items, Func<Value, Value> key)
    {
        var seen = new HashSet<Value>(ValueEquality.Instance);
        foreach (var item in items)
        {
            if (seen.Add(key(item)))
                yield return item;
        }
    }

    private static Value Extreme(IEnumerable<Value> items, Func<Value, Value> key, int sign)
    {
        (Value Item, Value Key)? best = null;
        foreach (var item in items)
        {
            var itemKey = key(item);
            if (best is null || sign * ValueOrder.Compare(itemKey, best.Value.Key) > 0)
                best = (item, itemKey);
        }

        return best?.Item ?? Missing("No aggregated item, sequence was empty.");
    }

    private static Value Sum(Rendering rendering, Value subject, Given given) => rendering
        .Each(subject)
        .Aggregate(
            given[1] ?? Number.Of(0),
            (sum, item) => Arithmetic.Apply(BinaryOperator.Add, sum, At(item, given[0])));

    private static Func<Value, Value> Key(Given given, int caseSensitive, int attribute) =>
        item => Folded(At(item, given[attribute]), given.Flag(caseSensitive));

    private static Value At(Value item, Value? attribute) =>
        attribute is null or Value.None ? item : Subscript.Path(item, attribute);

    private static Value Folded(Value value, bool caseSensitive) =>
        value is Value.Text text && !caseSensitive
            ? new Value.Text(PythonText.Lower(text.Chars))
            : value;
}
