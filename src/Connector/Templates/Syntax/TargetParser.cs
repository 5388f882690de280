using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Parses what is assigned to: the targets of set and for, and the parameters of macros.
/// </summary>
internal sealed class TargetParser(TokenStream tokens, ExpressionParser expressions)
{
    /// <summary>A name, or several with commas between: <c>for key, value in ...</c>.</summary>
    public Target ParseLoopTarget()
    {
        var at = tokens.Current.At;
        var target = ParseSeries(ParseName);
        return Names(target).Contains("loop")
            ? throw new ChatTemplateException("a loop cannot assign to 'loop'", at)
            : target;
    }

    /// <summary>As in a loop, or a namespace's attribute: <c>set ns.found = ...</c>.</summary>
    public Target ParseSetTarget() => ParseSeries(() =>
    {
        var name = ParseName();
        return tokens.Current.IsOperator(".")
            ? new Target.Attribute(tokens.Next().At, name.Id, tokens.ExpectName())
            : name;
    });

    public Target.Name ParseName()
    {
        var at = tokens.Current.At;
        var name = tokens.ExpectName();
        return ReservedNames.Constant(name) is null
            ? new(name)
            : throw new ChatTemplateException($"cannot assign to '{name}'", at);
    }

    /// <summary>
    /// The parameters of a macro in parentheses; after one with a default all have one.
    /// </summary>
    public ImmutableArray<(string Name, Expression? Default)> ParseParameters()
    {
        var parameters = ImmutableArray.CreateBuilder<(string, Expression? Default)>();
        tokens.ExpectOperator("(");
        while (!tokens.SkipOperator(")"))
        {
            if (parameters.Count > 0)
                tokens.ExpectOperator(",");
            var at = tokens.Current.At;
            var name = ParseName().Id;
            var value = tokens.SkipOperator("=") ? expressions.Parse() : null;
            if (value is null && parameters.Count > 0 && parameters[^1].Default is not null)
                throw new ChatTemplateException($"parameter '{name}' needs a default", at);
            parameters.Add((name, value));
        }

        return parameters.ToImmutable();
    }

    private Target ParseSeries(Func<Target> parseName)
    {
        var at = tokens.Current.At;
        var first = ParseItem(parseName);
        if (!tokens.Current.IsOperator(","))
            return first;
        var items = ImmutableArray.CreateBuilder<Target>();
        items.Add(first);
        while (tokens.SkipOperator(",") && AtItem())
            items.Add(ParseItem(parseName));
        return new Target.Tuple(at, items.ToImmutable());
    }

    private Target ParseItem(Func<Target> parseName)
    {
        if (!tokens.SkipOperator("("))
            return parseName();
        var inner = tokens.Nested(() => ParseSeries(parseName));
        tokens.ExpectOperator(")");
        return inner;
    }

    private bool AtItem() => tokens.Current.IsOperator("(")
        || (tokens.Current.Kind == TokenKind.Name && !tokens.Current.IsName("in"));

    private static IEnumerable<string> Names(Target target) => target switch
    {
        Target.Name name => [name.Id],
        Target.Tuple tuple => tuple.Items.SelectMany(Names),
        _ => [],
    };
}
