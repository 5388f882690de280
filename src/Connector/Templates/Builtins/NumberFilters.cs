using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>Filters whose input is a number, or is made one.</summary>
internal static class NumberFilters
{
    public static IEnumerable<Builtin> All { get; } =
    [
        Builtin.Of("abs()", (_, subject, _) => Abs(subject)),
        Builtin.Of("int(default=, base=)", (_, subject, given) =>
            ToWhole(subject, given.Whole(1, 10)) ?? (given[0] ?? Number.Of(0))),
        Builtin.Of("float(default=)", (_, subject, given) =>
            ToReal(subject) is { } real ? new Value.Float(real) : given[0] ?? new Value.Float(0)),
        Builtin.Of("round(precision=, method=)", (_, subject, given) => Round(subject, given)),
    ];

    private static Value Abs(Value value) => value switch
    {
        Value.Float real => new Value.Float(Math.Abs(real.Number)),
        _ when Number.Whole(value) is { } whole => new Value.Integer(BigInteger.Abs(whole)),
        _ => throw TemplateFault.On(
            value, $"bad operand type for abs(): '{Describe.TypeOf(value)}'"),
    };

    // "42.7" is 42: what is no integer may still be a float.
    private static Value.Integer? ToWhole(Value value, int radix) => value switch
    {
        Value.Text text when Number.ParseInteger(text.Chars, radix) is { } whole =>
            Number.Of(whole),
        _ when Number.Whole(value) is { } whole => new Value.Integer(whole),
        _ when ToReal(value) is { } real && double.IsFinite(real) =>
            new Value.Integer(new BigInteger(Math.Truncate(real))),
        _ => null,
    };

    private static double? ToReal(Value value) => value switch
    {
        Value.Undefined undefined => throw undefined.Fault(),
        Value.Text text => Number.ParseReal(text.Chars),
        _ when Number.IsNumber(value) => Number.Real(value),
        _ => null,
    };

    private static Value Round(Value value, Given given)
    {
        var precision = given.Whole(0, 0);
        return given.Text(1) switch
        {
            null or "common" => value is Value.Float real
                ? new Value.Float(PythonFloat.Round(real.Number, precision))
                : RoundWhole(value, precision),
            "ceil" => Scaled(Math.Ceiling),
            "floor" => Scaled(Math.Floor),
            _ => throw new TemplateFault("method must be common, ceil or floor"),
        };

        Value Scaled(Func<double, double> direction) => new Value.Float(
            direction(Number.Real(value) * Math.Pow(10, precision)) / Math.Pow(10, precision));
    }

    // An integer changes only with a negative precision: to tens, hundreds, ..., half to even.
    private static Value.Integer RoundWhole(Value value, int precision)
    {
        var whole = Number.Whole(value)
            ?? throw TemplateFault.On(
                value, $"round needs a number, not '{Describe.TypeOf(value)}'");
        if (precision >= 0)
            return new Value.Integer(whole);
        if (precision < -TemplateLimits.MaxIntegerBits)
            return new Value.Integer(0);
        var unit = BigInteger.Pow(10, -precision);
        var (quotient, rest) = BigInteger.DivRem(BigInteger.Abs(whole), unit);
        var half = (rest * 2).CompareTo(unit);
        var rounded = half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
        return Number.Of(rounded * unit * whole.Sign);
    }
}
