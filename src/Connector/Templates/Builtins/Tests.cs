using System.Collections.Frozen;

namespace SkPaged.Connector.Templates;

/// <summary>All tests, as in <c>value is test</c>, by name.</summary>
internal static class Tests
{
    private static readonly FrozenDictionary<string, Operation> All = Table(
    [
        Of("defined", value => value is not Value.Undefined),
        Of("undefined", value => value is Value.Undefined),
        Of("none", value => value is Value.None),
        Of("boolean", value => value is Value.Bool),
        Of("true", value => value is Value.Bool { Truth: true }),
        Of("false", value => value is Value.Bool { Truth: false }),
        Of("integer", value => value is Value.Integer),
        Of("float", value => value is Value.Float),
        Of("number", Number.IsNumber),
        Of("string", value => value is Value.Text),
        Of("mapping", value => value is Value.Dict),
        Of("iterable", value => value is Value.Loop || Iteration.Items(value) is not null),
        Of("sequence", IsSequence),
        Of("callable", value => value is Value.Callable or Value.Loop or Value.Undefined),
        Of("odd", value => Remains(value, Two, 1)),
        Of("even", value => Remains(value, Two, 0)),
        Builtin.Of("divisibleby(num)", (_, value, given) =>
            Value.Of(Remains(value, given[0]!, 0))),
        Builtin.Of("lower()", (rendering, value, _) =>
            Value.Of(PythonText.IsAllOneCase(rendering.Str(value), upper: false))),
        Builtin.Of("upper()", (rendering, value, _) =>
            Value.Of(PythonText.IsAllOneCase(rendering.Str(value), upper: true))),
        Builtin.Of("sameas(other)", (_, value, given) => Value.Of(AreSame(value, given[0]!))),
        Of("filter", value => value is Value.Text name && Filters.Find(name.Chars) is not null),
        Of("test", value => value is Value.Text name && Find(name.Chars) is not null),
        .. Comparisons(ComparisonOperator.Equal, "eq", "equalto", "=="),
        .. Comparisons(ComparisonOperator.NotEqual, "ne", "!="),
        .. Comparisons(ComparisonOperator.Less, "lt", "lessthan", "<"),
        .. Comparisons(ComparisonOperator.LessOrEqual, "le", "<="),
        .. Comparisons(ComparisonOperator.Greater, "gt", "greaterthan", ">"),
        .. Comparisons(ComparisonOperator.GreaterOrEqual, "ge", ">="),
        .. Comparisons(ComparisonOperator.In, "in"),
    ]);

    public static Operation? Find(string name) => All.GetValueOrDefault(name);

    private static FrozenDictionary<string, Operation> Table(IEnumerable<Builtin> tests) =>
        tests.ToFrozenDictionary(test => test.Name, test => test.Run);

    private static Builtin Of(string name, Func<Value, bool> holds) =>
        Builtin.Of(name + "()", (_, value, _) => Value.Of(holds(value)));

    private static IEnumerable<Builtin> Comparisons(ComparisonOperator op, params string[] names) =>
        names.Select(name => Builtin.Of(name + "(other)", (rendering, value, given) =>
            Value.Of(Comparing.Holds(rendering, op, value, given[0]!))));

    // Jinja asks whether a value has a length and takes subscripts; undefined values have both.
    private static bool IsSequence(Value value) =>
        value is Value.Text or Value.Sequence or Value.Dict or Value.Undefined;

    private static Value Two => new Value.Integer(2);

    private static bool Remains(Value value, Value divisor, int rest) =>
        ValueEquality.Instance.Equals(
            Arithmetic.Apply(BinaryOperator.Modulo, value, divisor), new Value.Integer(rest));

    private static bool AreSame(Value value, Value other) =>
        ReferenceEquals(value, other)
        || (value.GetType() == other.GetType()
            && value is Value.None or Value.Bool or Value.Integer or Value.Text
            && ValueEquality.Instance.Equals(value, other));
}
