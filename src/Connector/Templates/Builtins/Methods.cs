using System.Collections.Frozen;

namespace SkPaged.Connector.Templates;

/// <summary>
/// The methods of values. As in Jinja's immutable sandbox, those that would change a list or dict
/// are withheld: they are undefined, and calling one is an error that says so.
/// </summary>
internal static class Methods
{
    private static readonly FrozenDictionary<string, Operation> OfText = Table(TextMethods.All);

    private static readonly FrozenDictionary<string, Operation> OfSequence = Table(
    [
        Builtin.Of("index(value)", IndexOf),
        Builtin.Of("count(value)", (rendering, subject, given) =>
            Number.Of(Equal(rendering, subject, given).LongCount(equal => equal))),
    ]);

    private static readonly FrozenDictionary<string, Operation> OfList =
        Table([Builtin.Of("copy()", (_, subject, _) => subject)], OfSequence);

    private static readonly FrozenDictionary<string, Operation> OfDict = Table(
    [
        Builtin.Of("get(key, default=)", (_, subject, given) =>
            ((Value.Dict)subject).Find(given[0]!) ?? given[1] ?? Value.Nothing),
        Builtin.Of("keys()", (_, subject, _) =>
            new Value.View("dict_keys", [.. ((Value.Dict)subject).Entries.Keys])),
        Builtin.Of("values()", (_, subject, _) =>
            new Value.View("dict_values", [.. ((Value.Dict)subject).Entries.Values])),
        Builtin.Of("items()", (_, subject, _) =>
            new Value.View("dict_items", [.. Pairs((Value.Dict)subject)])),
        Builtin.Of("copy()", (_, subject, _) => subject),
    ]);

    private static readonly FrozenSet<string> ChangesList = FrozenSet.Create(
        "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort");

    private static readonly FrozenSet<string> ChangesDict = FrozenSet.Create(
        "clear", "pop", "popitem", "setdefault", "update");

    /// <summary>
    /// The method of that name, bound to its owner; null where the owner has none.
    /// </summary>
    public static Value? Find(Value owner, string name) => owner switch
    {
        Value.Text => Bind(OfText, owner, name),
        Value.List when ChangesList.Contains(name) => Withheld(owner, name),
        Value.List => Bind(OfList, owner, name),
        Value.Sequence => Bind(OfSequence, owner, name),
        Value.Dict when ChangesDict.Contains(name) => Withheld(owner, name),
        Value.Dict => Bind(OfDict, owner, name),
        _ => null,
    };

    /// <summary>The (key, value) tuples of a dict.</summary>
    public static IEnumerable<Value> Pairs(Value.Dict dict) =>
        dict.Entries.Select(entry => new Value.Tuple([entry.Key, entry.Value]));

    private static FrozenDictionary<string, Operation> Table(
        IEnumerable<Builtin> methods, FrozenDictionary<string, Operation>? more = null) =>
        methods
            .Select(method => KeyValuePair.Create(method.Name, method.Run))
            .Concat(more ?? FrozenDictionary<string, Operation>.Empty)
            .ToFrozenDictionary();

    private static Value.Callable? Bind(
        FrozenDictionary<string, Operation> methods, Value owner, string name) =>
        methods.TryGetValue(name, out var method)
            ? new(name, "builtin_function_or_method", (rendering, arguments) =>
                method(rendering, owner, arguments))
            : null;

    /// <summary>What a method or attribute is that exists, but not for templates.</summary>
    public static Value.Undefined Withheld(Value owner, string name) => new(
        null,
        null,
        $"access to attribute '{name}' of '{Describe.TypeOf(owner)}' object is unsafe.");

    private static Value IndexOf(Rendering rendering, Value subject, Given given)
    {
        var at = Equal(rendering, subject, given).TakeWhile(equal => !equal).Count();
        return at < ((Value.Sequence)subject).Items.Length
            ? Number.Of(at)
            : throw new TemplateFault($"{PythonRepr.Of(given[0]!)} is not in the list");
    }

    private static IEnumerable<bool> Equal(Rendering rendering, Value subject, Given given) =>
        rendering.Each(subject).Select(item =>
            Comparing.Holds(rendering, ComparisonOperator.Equal, item, given[0]!));
}
