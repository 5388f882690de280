using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

internal enum UnaryOperator
{
    Not,
    Negate,
    Plus,
}

internal enum BinaryOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    FloorDivide,
    Modulo,
    Power,
}

internal enum ComparisonOperator
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    NotIn,
}

internal enum ArgumentKind
{
    /// <summary><c>f(value)</c></summary>
    Positional,

    /// <summary><c>f(name=value)</c></summary>
    Named,

    /// <summary><c>f(*value)</c></summary>
    Rest,

    /// <summary><c>f(**value)</c></summary>
    NamedRest,
}

/// <summary>An argument of a call as written.</summary>
/// <param name="Kind">How it is passed.</param>
/// <param name="Name">Its name where it is <see cref="ArgumentKind.Named"/>, else empty.</param>
/// <param name="Value">What is passed.</param>
internal sealed record Argument(ArgumentKind Kind, string Name, Expression Value);

/// <summary>
/// A use of a filter or test. <paramref name="Run"/> is null when there is none of that name and
/// the use stands in a conditional: then, as in Jinja, it is an error only if it is reached.
/// </summary>
internal sealed record BuiltinUse(
    Position At, string Name, Operation? Run, ImmutableArray<Argument> Arguments);

/// <summary>An expression of the template language: a closed union.</summary>
/// <param name="At">Where an error of the expression's own operation is reported.</param>
internal abstract record Expression(Position At)
{
    public sealed record Constant(Position At, Value Value) : Expression(At);

    public sealed record Name(Position At, string Id) : Expression(At);

    public sealed record List(Position At, ImmutableArray<Expression> Items) : Expression(At);

    public sealed record Tuple(Position At, ImmutableArray<Expression> Items) : Expression(At);

    public sealed record Dict(
        Position At, ImmutableArray<(Expression Key, Expression Value)> Entries) : Expression(At);

    /// <summary><c>Owner.Key</c></summary>
    public sealed record Attribute(Position At, Expression Owner, Value.Text Key)
        : Expression(At);

    /// <summary><c>Owner[Key]</c></summary>
    public sealed record Item(Position At, Expression Owner, Expression Key) : Expression(At);

    /// <summary><c>Owner[Start:Stop:Step]</c></summary>
    public sealed record Slice(
        Position At, Expression Owner, Expression? Start, Expression? Stop, Expression? Step)
        : Expression(At);

    public sealed record Call(Position At, Expression Callee, ImmutableArray<Argument> Arguments)
        : Expression(At);

    /// <summary><c>Input | filter(...)</c></summary>
    public sealed record Filter(Expression Input, BuiltinUse Use) : Expression(Use.At);

    /// <summary><c>Input is test(...)</c></summary>
    public sealed record Test(Expression Input, BuiltinUse Use) : Expression(Use.At);

    public sealed record Unary(Position At, UnaryOperator Operator, Expression Operand)
        : Expression(At);

    public sealed record Binary(
        Position At, BinaryOperator Operator, Expression Left, Expression Right) : Expression(At);

    public sealed record And(Position At, Expression Left, Expression Right) : Expression(At);

    public sealed record Or(Position At, Expression Left, Expression Right) : Expression(At);

    /// <summary><c>a ~ b ~ c</c></summary>
    public sealed record Concat(Position At, ImmutableArray<Expression> Items) : Expression(At);

    /// <summary>
    /// <c>First op a op b ...</c>, which holds where each link of the chain holds.
    /// </summary>
    public sealed record Comparison(
        Position At,
        Expression First,
        ImmutableArray<(ComparisonOperator Operator, Expression Operand)> Links) : Expression(At);

    /// <summary><c>Then if Condition else Else</c></summary>
    public sealed record Conditional(
        Position At, Expression Condition, Expression Then, Expression? Else) : Expression(At);
}
