using System.Numerics;

namespace SkPaged.Connector.Templates;

/// <summary>Python's arithmetic operators.</summary>
internal static class Arithmetic
{
    public static Value Apply(BinaryOperator op, Value left, Value right) => op switch
    {
        _ when left is Value.Undefined undefined => throw undefined.Fault(),
        BinaryOperator.Modulo when left is Value.Text format =>
            new Value.Text(PercentFormat.Apply(format.Chars, right)),
        _ when right is Value.Undefined undefined => throw undefined.Fault(),
        BinaryOperator.Add => Add(left, right),
        BinaryOperator.Multiply when Repeated(left, right) is { } repeated => repeated,
        _ when !Number.IsNumber(left) || !Number.IsNumber(right) =>
            throw Unsupported(Symbol(op), left, right),
        _ when (Number.Whole(left), Number.Whole(right)) is ({ } a, { } b) => OnIntegers(op, a, b),
        _ => new Value.Float(OnReals(op, Number.Real(left), Number.Real(right))),
    };

    public static Value Negate(Value value) => value switch
    {
        Value.Float real => new Value.Float(-real.Number),
        _ when Number.Whole(value) is { } whole => new Value.Integer(-whole),
        _ => throw TemplateFault.On(
            value, $"bad operand type for unary -: '{Describe.TypeOf(value)}'"),
    };

    public static Value Plus(Value value) => value switch
    {
        Value.Float => value,
        _ when Number.Whole(value) is { } whole => new Value.Integer(whole),
        _ => throw TemplateFault.On(
            value, $"bad operand type for unary +: '{Describe.TypeOf(value)}'"),
    };

    private static Value Add(Value left, Value right) => (left, right) switch
    {
        (Value.Text a, Value.Text b) => Markup.Add(a, b),
        (Value.List a, Value.List b) => new Value.List(a.Items.AddRange(b.Items)),
        (Value.Tuple a, Value.Tuple b) => new Value.Tuple(a.Items.AddRange(b.Items)),
        (Value.Text or Value.List or Value.Tuple, _) => throw new TemplateFault(
            $"can only concatenate {Describe.TypeOf(left)}"
            + $" (not \"{Describe.TypeOf(right)}\") to {Describe.TypeOf(left)}"),
        _ when (Number.Whole(left), Number.Whole(right)) is ({ } a, { } b) => Number.Of(a + b),
        _ when Number.IsNumber(left) && Number.IsNumber(right) =>
            new Value.Float(Number.Real(left) + Number.Real(right)),
        _ => throw Unsupported("+", left, right),
    };

    private static Value? Repeated(Value left, Value right) => (left, right) switch
    {
        (_, Value.Text or Value.List or Value.Tuple) when Number.Whole(left) is not null =>
            Repeated(right, left),
        (Value.Text text, _) when Number.Whole(right) is { } times => text with
        {
            Chars = new TextBuilder()
                .AppendRepeated(text.Chars, Slicing.Saturate(times))
                .ToString(),
        },
        (Value.List list, _) when Number.Whole(right) is { } times =>
            new Value.List([.. Repeat(list, times)]),
        (Value.Tuple tuple, _) when Number.Whole(right) is { } times =>
            new Value.Tuple([.. Repeat(tuple, times)]),
        _ => null,
    };

    private static IEnumerable<Value> Repeat(Value.Sequence sequence, BigInteger times) =>
        times * sequence.Items.Length <= TemplateLimits.MaxRange
            ? Enumerable.Repeat(sequence.Items, Math.Max(0, Slicing.Saturate(times)))
                .SelectMany(items => items)
            : throw new TemplateFault($"more than {TemplateLimits.MaxRange:N0} elements repeated");

    private static Value OnIntegers(BinaryOperator op, BigInteger a, BigInteger b) => op switch
    {
        BinaryOperator.Subtract => Number.Of(a - b),
        BinaryOperator.Multiply => Number.Of(a * b),
        BinaryOperator.Power => Power(a, b),
        _ when b.IsZero => throw new TemplateFault("division by zero"),
        BinaryOperator.Divide => new Value.Float(Number.ToDouble(a) / Number.ToDouble(b)),
        BinaryOperator.FloorDivide => new Value.Integer((a - FloorModulo(a, b)) / b),
        _ => new Value.Integer(FloorModulo(a, b)),
    };

    // As in Python, the remainder has the divisor's sign.
    private static BigInteger FloorModulo(BigInteger left, BigInteger right)
    {
        var rest = BigInteger.Remainder(left, right);
        return rest.Sign == -right.Sign ? rest + right : rest;
    }

    private static Value Power(BigInteger number, BigInteger exponent)
    {
        if (exponent.Sign < 0)
            return new Value.Float(OnReals(BinaryOperator.Power, (double)number, (double)exponent));
        if (exponent.IsZero)
            return new Value.Integer(1);
        if (BigInteger.Abs(number) <= 1)
            return new Value.Integer(exponent.IsEven ? number * number : number);
        return (number.GetBitLength() - 1) * exponent <= TemplateLimits.MaxIntegerBits
            ? Number.Of(BigInteger.Pow(number, (int)exponent))
            : throw Number.TooLarge();
    }

    private static double OnReals(BinaryOperator op, double left, double right) => op switch
    {
        BinaryOperator.Subtract => left - right,
        BinaryOperator.Multiply => left * right,
        BinaryOperator.Power when left == 0 && right < 0 =>
            throw new TemplateFault("0.0 cannot be raised to a negative power"),
        BinaryOperator.Power when left < 0 && !double.IsInteger(right) =>
            throw new TemplateFault("a negative number has no fractional power here"),
        BinaryOperator.Power => Finite(Math.Pow(left, right), left, right),
        _ when right == 0 => throw new TemplateFault("float division by zero"),
        BinaryOperator.Divide => left / right,
        BinaryOperator.FloorDivide =>
            Math.Round((left - FloorModulo(left, right)) / right, MidpointRounding.ToEven),
        _ => FloorModulo(left, right),
    };

    private static double FloorModulo(double left, double right)
    {
        var rest = left % right;
        if (rest == 0)
            return Math.CopySign(0, right);
        return rest < 0 != right < 0 ? rest + right : rest;
    }

    private static double Finite(double result, double left, double right) =>
        double.IsInfinity(result) && double.IsFinite(left) && double.IsFinite(right)
            ? throw new TemplateFault("result too large")
            : result;

    private static TemplateFault Unsupported(string symbol, Value left, Value right) => new(
        $"unsupported operand type(s) for {symbol}:"
        + $" '{Describe.TypeOf(left)}' and '{Describe.TypeOf(right)}'");

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Add => "+",
        BinaryOperator.Subtract => "-",
        BinaryOperator.Multiply => "*",
        BinaryOperator.Divide => "/",
        BinaryOperator.FloorDivide => "//",
        BinaryOperator.Modulo => "%",
        _ => "** or pow()",
    };
}
