using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>What an assignment or a loop stores into: a closed union.</summary>
internal abstract record Target
{
    public sealed record Name(string Id) : Target;

    /// <summary><c>Namespace.Key</c>, the only way to write to an outer scope.</summary>
    public sealed record Attribute(Position At, string Namespace, string Key) : Target;

    public sealed record Tuple(Position At, ImmutableArray<Target> Items) : Target;
}

/// <summary>A macro, or the body of a call block (which has no name).</summary>
internal sealed record MacroDefinition(
    Position At,
    string? Name,
    ImmutableArray<(string Name, Expression? Default)> Parameters,
    ImmutableArray<Statement> Body,
    bool UsesCaller,
    bool UsesPositionalRest,
    bool UsesNamedRest);

/// <summary>A piece of a template: a closed union.</summary>
internal abstract record Statement(Position At)
{
    /// <summary>Text outside of all tags.</summary>
    public sealed record Data(Position At, Value.Text Text) : Statement(At);

    /// <summary><c>{{ Shown }}</c></summary>
    public sealed record Print(Expression Shown) : Statement(Shown.At);

    public sealed record If(
        Position At,
        ImmutableArray<(Expression Condition, ImmutableArray<Statement> Body)> Branches,
        ImmutableArray<Statement> Else) : Statement(At);

    /// <summary>
    /// <c>{% for Target in Source if Filter %} Body {% else %} Else {% endfor %}</c>
    /// </summary>
    public sealed record For(
        Position At,
        Target Target,
        Expression Source,
        Expression? Filter,
        ImmutableArray<Statement> Body,
        ImmutableArray<Statement> Else) : Statement(At);

    public sealed record Break(Position At) : Statement(At);

    public sealed record Continue(Position At) : Statement(At);

    public sealed record Set(Position At, Target Target, Expression Value) : Statement(At);

    /// <summary><c>{% set Target | filters %} Body {% endset %}</c></summary>
    public sealed record SetBlock(
        Position At,
        Target Target,
        ImmutableArray<BuiltinUse> Filters,
        ImmutableArray<Statement> Body) : Statement(At);

    /// <summary><c>{% filter a | b %} Body {% endfilter %}</c></summary>
    public sealed record FilterBlock(
        Position At, ImmutableArray<BuiltinUse> Filters, ImmutableArray<Statement> Body)
        : Statement(At);

    /// <summary>
    /// <c>{% with a = 1 %} Body {% endwith %}</c>; also {% generation %}, which binds nothing.
    /// </summary>
    public sealed record With(
        Position At,
        ImmutableArray<(Target Target, Expression Value)> Bindings,
        ImmutableArray<Statement> Body) : Statement(At);

    public sealed record Macro(string Name, MacroDefinition Definition)
        : Statement(Definition.At);

    /// <summary><c>{% call(parameters) macro(...) %} Body {% endcall %}</c></summary>
    public sealed record CallBlock(Expression.Call Call, MacroDefinition Body)
        : Statement(Call.At);
}
