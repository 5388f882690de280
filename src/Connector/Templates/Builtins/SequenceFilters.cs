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
            rendering.Each(subject).FirstOrDefault()
                ?? Missing("No first item, sequence was empty.")),
        Builtin.Of("last()", (rendering, subject, _) => Last(rendering, subject)),
        Builtin.Of("list()", (rendering, subject, _) =>
            new Value.List([.. rendering.Each(subject)])),
        Builtin.Of("reverse()", (rendering, subject, _) => Reverse(rendering, subject)),
        Builtin.Of("join(d=, attribute=)", (rendering, subject, given) =>
            new Value.Text(Join(rendering, rendering.Each(subject), given.Str(0), given[1]))),
        Builtin.Of("items()", (_, subject, _) => Stream(Items(subject))),
        Builtin.Of("dictsort(case_sensitive=, by=, reverse=)", DictSort),
        Builtin.Of("sort(reverse=, case_sensitive=, attribute=)", Sort),
        Builtin.Of("unique(case_sensitive=, attribute=)", (rendering, subject, given) =>
            Stream(Unique(rendering.Each(subject), Key(rendering, given, 0, 1)))),
        Builtin.Of("min(case_sensitive=, attribute=)", (rendering, subject, given) =>
            Extreme(rendering.Each(subject), Key(rendering, given, 0, 1), -1)),
        Builtin.Of("max(case_sensitive=, attribute=)", (rendering, subject, given) =>
            Extreme(rendering.Each(subject), Key(rendering, given, 0, 1), +1)),
        Builtin.Of("sum(attribute=, start=)", Sum),
    ];

    private static Value.Stream Stream(IEnumerable<Value> items) => new(items.GetEnumerator());

    private static Value.Undefined Missing(string hint) => new(null, null, hint);

    private static Value.Integer Length(Value value) => Iteration.Length(value) is { } length
        ? Number.Of(length)
        : throw new TemplateFault($"object of type '{Describe.TypeOf(value)}' has no len()");

    private static Value Last(Rendering rendering, Value value) => value switch
    {
        Value.Stream => throw new TemplateFault("'generator' object is not reversible"),
        Value.Text or Value.Sequence => Slicing.ElementAt(value, -1),
        _ => rendering.Each(value).LastOrDefault(),
    } ?? Missing("No last item, sequence was empty.");

    private static Value Reverse(Rendering rendering, Value value) => value switch
    {
        Value.Text => Slicing.Slice(value, null, null, new Value.Integer(-1)),
        _ => Stream(rendering.Each(value).Reverse()),
    };

    public static string Join(
        Rendering rendering, IEnumerable<Value> items, string separator, Value? attribute = null)
    {
        var text = new TextBuilder();
        var first = true;
        foreach (var item in items)
        {
            var part = rendering.Str(At(rendering, item, attribute));
            text.Append(first ? "" : separator).Append(part);
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
            _ => throw TemplateFault.On(
                subject, $"dictsort needs a dict, not '{Describe.TypeOf(subject)}'"),
        };
        return new(StableSort.Sort(
            rendering,
            pairs,
            pair => Folded(rendering, ((Value.Tuple)pair).Items[position], given.Flag(0)),
            given.Flag(2)));
    }

    private static Value.List Sort(Rendering rendering, Value subject, Given given)
    {
        var paths = given[2] is Value.Text text
            ? text.Chars.Split(',').Select(Value? (path) => new Value.Text(path)).ToList()
            : [given[2]];
        return new(StableSort.Sort(rendering, rendering.Each(subject), Key, given.Flag(0)));

        Value Key(Value item) => new Value.List(
            [.. paths.Select(path => Folded(rendering, At(rendering, item, path), given.Flag(1)))]);
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
            (sum, item) =>
            {
                var more = Arithmetic.Apply(
                    BinaryOperator.Add, sum, At(rendering, item, given[0]));
                rendering.SpendOnMaking(more);
                return more;
            });

    private static Func<Value, Value> Key(
        Rendering rendering, Given given, int caseSensitive, int attribute) =>
        item => Folded(
            rendering, At(rendering, item, given[attribute]), given.Flag(caseSensitive));

    private static Value At(Rendering rendering, Value item, Value? attribute) =>
        attribute is null or Value.None ? item : Subscript.Path(rendering, item, attribute);

    // What things are sorted or compared by: where case does not count, in lower case.
    private static Value Folded(Rendering rendering, Value value, bool caseSensitive)
    {
        rendering.SpendOnReading(value);
        return value is Value.Text text && !caseSensitive
            ? new Value.Text(PythonText.Lower(text.Chars))
            : value;
    }
}
