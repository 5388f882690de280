using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>The functions every template can call.</summary>
internal static class Globals
{
    private static readonly FrozenDictionary<string, Value> All = new[]
    {
        Function("namespace", Namespace),
        Function("dict", (rendering, arguments) => new Value.Dict(Entries(rendering, arguments))),
        Function("range", Range),
        Function("raise_exception", Signature.Parse("raise_exception(message)"), (_, given) =>
            throw new TemplateFault(given.Str(0), raised: true)),
        Function("strftime_now", Signature.Parse("strftime_now(format)"), (rendering, given) =>
            new Value.Text(Strftime.Format(rendering.Clock.GetLocalNow(), given.RequiredText(0)))),
    }.ToFrozenDictionary(function => function.Name, function => (Value)function);

    public static Value? Find(string name) => All.GetValueOrDefault(name);

    public static Value.Dict DictOf(ImmutableArray<(string Name, Value Value)> named)
    {
        var entries = Value.Dict.NewEntries();
        foreach (var (name, value) in named)
            entries[new Value.Text(name)] = value;
        return new Value.Dict(entries);
    }

    private static Value.Callable Function(string name, Func<Rendering, Arguments, Value> call) =>
        new(name, "function", call);

    private static Value.Callable Function(
        string name, Signature signature, Func<Rendering, Given, Value> call) =>
        Function(name, (rendering, arguments) => call(rendering, signature.Bind(arguments)));

    private static Value.Namespace Namespace(Rendering rendering, Arguments arguments)
    {
        var attributes = new OrderedDictionary<string, Value>(StringComparer.Ordinal);
        foreach (var (name, value) in Entries(rendering, arguments))
            attributes[PythonRepr.Str(name)] = value;
        return new Value.Namespace(attributes);
    }

    /// <summary>
    /// What Python's <c>dict(...)</c> takes: a dict or pairs, and entries by keyword.
    /// </summary>
    private static OrderedDictionary<Value, Value> Entries(Rendering rendering, Arguments arguments)
    {
        var entries = Value.Dict.NewEntries();
        if (arguments.Positional.Length > 1)
            throw new TemplateFault("dict expected at most 1 argument");
        foreach (var source in arguments.Positional)
        {
            foreach (var (key, value) in Pairs(rendering, source))
                entries[key] = value;
        }

        foreach (var (name, value) in arguments.Named)
            entries[new Value.Text(name)] = value;
        return entries;
    }

    private static IEnumerable<(Value, Value)> Pairs(Rendering rendering, Value source) =>
        source switch
        {
            Value.Undefined undefined => throw undefined.Fault(),
            Value.Dict dict => rendering.Each(dict).Select(key => (key, dict.Find(key)!)),
            _ => rendering.Each(source).Select(pair => rendering.Each(pair).Take(3).ToList() switch
            {
                [var key, var value] => (key, value),
                _ => throw new TemplateFault("a dict is made of pairs"),
            }),
        };

    private static Value.Range Range(Rendering rendering, Arguments arguments)
    {
        var bounds = arguments.Positional.Select(bound => Number.Whole(bound) is { } whole
            ? Slicing.Saturate(whole)
            : throw TemplateFault.On(
                bound, $"'{Describe.TypeOf(bound)}' is no integer for range()"));
        var range = bounds.ToList() switch
        {
            _ when !arguments.Named.IsEmpty =>
                throw new TemplateFault("range() takes no keyword arguments"),
            [var stop] => Range(0, stop, 1),
            [var start, var stop] => Range(start, stop, 1),
            [_, _, 0] => throw new TemplateFault("range() arg 3 must not be zero"),
            [var start, var stop, var step] => Range(start, stop, step),
            var other =>
                throw new TemplateFault($"range() takes 1 to 3 arguments, not {other.Count}"),
        };
        rendering.SpendOnMaking(range);
        return range;
    }

    private static Value.Range Range(int start, int stop, int step)
    {
        var distance = step > 0 ? (long)stop - start : (long)start - stop;
        var stride = Math.Abs((long)step);
        var count = Math.Max(0, (distance + stride - 1) / stride);
        if (count > TemplateLimits.MaxRange)
            throw new TemplateFault($"a range of more than {TemplateLimits.MaxRange:N0} elements");
        var items = ImmutableArray.CreateBuilder<Value>((int)count);
        for (var i = 0; i < count; i++)
            items.Add(new Value.Integer(new BigInteger(start + (long)i * step)));
        return new Value.Range(start, stop, step, items.MoveToImmutable());
    }
}
