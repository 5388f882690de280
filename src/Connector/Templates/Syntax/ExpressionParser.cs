using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>
/// Parses expressions: one method a precedence level, loosest first. From loosest to tightest:
/// if-else, or, and, not, comparison, <c>+ -</c>, <c>~</c>, <c>* / // %</c>, <c>**</c>, sign, then
/// postfix.
/// </summary>
internal sealed partial class ExpressionParser(TokenStream tokens)
{
    private static readonly Dictionary<string, BinaryOperator> Sums =
        new() { ["+"] = BinaryOperator.Add, ["-"] = BinaryOperator.Subtract };

    private static readonly Dictionary<string, BinaryOperator> Products = new()
    {
        ["*"] = BinaryOperator.Multiply,
        ["/"] = BinaryOperator.Divide,
        ["//"] = BinaryOperator.FloorDivide,
        ["%"] = BinaryOperator.Modulo,
    };

    private static readonly Dictionary<string, BinaryOperator> Powers =
        new() { ["**"] = BinaryOperator.Power };

    private static readonly Dictionary<string, ComparisonOperator> Comparisons = new()
    {
        ["=="] = ComparisonOperator.Equal,
        ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    public Expression Parse() => tokens.Nested(() =>
        tokens.Conditionally(ParseConditional, parsed => parsed is Expression.Conditional));

    /// <summary>
    /// As <see cref="Parse"/>, where a following <c>if</c> belongs to the tag (a loop's filter).
    /// </summary>
    public Expression ParseWithoutConditional() => tokens.Nested(ParseOr);

    /// <summary>One expression, or several with commas between, which make a tuple.</summary>
    public Expression ParseTuple(bool withConditional = true)
    {
        var at = tokens.Current.At;
        Func<Expression> parse = withConditional ? Parse : ParseWithoutConditional;
        if (AtTupleEnd())
            throw tokens.Unexpected("an expression");
        var items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(parse());
        if (!tokens.Current.IsOperator(","))
            return items[0];
        while (tokens.SkipOperator(",") && !AtTupleEnd())
            items.Add(parse());
        return new Expression.Tuple(at, items.ToImmutable());
    }

    private bool AtTupleEnd() =>
        tokens.Current.Kind is TokenKind.PrintEnd or TokenKind.TagEnd
        || tokens.Current.IsOperator(")");

    private Expression ParseConditional()
    {
        var then = ParseOr();
        while (tokens.Current.IsName("if"))
        {
            var at = tokens.Next().At;
            var condition = ParseOr();
            var otherwise = tokens.SkipName("else") ? Parse() : null;
            then = new Expression.Conditional(at, condition, then, otherwise);
        }

        return then;
    }

    private Expression ParseOr()
    {
        var left = ParseAnd();
        while (tokens.Current.IsName("or"))
            left = new Expression.Or(tokens.Next().At, left, ParseAnd());
        return left;
    }

    private Expression ParseAnd()
    {
        var left = ParseNot();
        while (tokens.Current.IsName("and"))
            left = new Expression.And(tokens.Next().At, left, ParseNot());
        return left;
    }

    private Expression ParseNot() =>
        tokens.Current.IsName("not")
            ? new Expression.Unary(tokens.Next().At, UnaryOperator.Not, tokens.Nested(ParseNot))
            : ParseComparison();

    private Expression ParseComparison()
    {
        var at = tokens.Current.At;
        var first = ParseSum();
        var links = ImmutableArray.CreateBuilder<(ComparisonOperator, Expression)>();
        while (TakeComparison() is { } comparison)
            links.Add((comparison, ParseSum()));
        return links.Count == 0
            ? first
            : new Expression.Comparison(at, first, links.ToImmutable());
    }

    private ComparisonOperator? TakeComparison()
    {
        if (tokens.SkipName("in"))
            return ComparisonOperator.In;
        if (tokens.Current.IsName("not") && tokens.Peek().IsName("in"))
        {
            tokens.Next();
            tokens.Next();
            return ComparisonOperator.NotIn;
        }

        return Take(Comparisons);
    }

    private Expression ParseSum() => ParseLeftToRight(Sums, ParseConcat);

    private Expression ParseConcat()
    {
        var at = tokens.Current.At;
        var first = ParseProduct();
        if (!tokens.Current.IsOperator("~"))
            return first;
        var items = ImmutableArray.CreateBuilder<Expression>();
        items.Add(first);
        while (tokens.SkipOperator("~"))
            items.Add(ParseProduct());
        return new Expression.Concat(at, items.ToImmutable());
    }

    private Expression ParseProduct() => ParseLeftToRight(Products, ParsePower);

    private Expression ParsePower() => ParseLeftToRight(Powers, ParseSigned);

    private Expression ParseLeftToRight(
        Dictionary<string, BinaryOperator> operators, Func<Expression> parseOperand)
    {
        var left = parseOperand();
        while (true)
        {
            var at = tokens.Current.At;
            if (Take(operators) is not { } taken)
                return left;
            left = new Expression.Binary(at, taken, left, parseOperand());
        }
    }

    private TOperator? Take<TOperator>(Dictionary<string, TOperator> operators)
        where TOperator : struct
    {
        if (tokens.Current.Kind != TokenKind.Operator
            || !operators.TryGetValue(tokens.Current.Text, out var taken))
            return null;
        tokens.Next();
        return taken;
    }

    private Expression ParseSigned() => ParseFilters(ParseSignedOperand());

    // A sign binds tighter than a filter: -1|abs is (-1)|abs.
    private Expression ParseSignedOperand()
    {
        UnaryOperator? sign = tokens.Current switch
        {
            var token when token.IsOperator("-") => UnaryOperator.Negate,
            var token when token.IsOperator("+") => UnaryOperator.Plus,
            _ => null,
        };
        return ParsePostfix(sign is { } unary
            ? new Expression.Unary(tokens.Next().At, unary, tokens.Nested(ParseSignedOperand))
            : ParsePrimary());
    }
}
