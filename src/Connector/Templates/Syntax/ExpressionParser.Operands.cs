using System.Collections.Immutable;
using System.Text;

namespace SkPaged.Connector.Templates;

/// <summary>Literals and names, and the subscripts that may follow them.</summary>
internal sealed partial class ExpressionParser
{
    public Expression ParsePrimary()
    {
        var token = tokens.Current;
        return token.Kind switch
        {
            TokenKind.Name => ParseName(),
            TokenKind.Text => new Expression.Constant(token.At, ParseText()),
            TokenKind.Integer or TokenKind.Float =>
                new Expression.Constant(token.At, Number.ParseLiteral(tokens.Next())),
            TokenKind.Operator when token.Text == "(" => ParseParentheses(),
            TokenKind.Operator when token.Text == "[" => ParseList(),
            TokenKind.Operator when token.Text == "{" => ParseDict(),
            _ => throw tokens.Unexpected("an expression"),
        };
    }

    private Expression ParseName()
    {
        var token = tokens.Next();
        if (ReservedNames.Constant(token.Text) is { } constant)
            return new Expression.Constant(token.At, constant);
        tokens.NamesRead.Add(token.Text);
        return new Expression.Name(token.At, token.Text);
    }

    // String literals side by side are one string.
    private Value.Text ParseText()
    {
        var text = new StringBuilder();
        while (tokens.Current.Kind == TokenKind.Text)
            text.Append(tokens.Next().Text);
        return new Value.Text(text.ToString());
    }

    private Expression ParseParentheses()
    {
        var at = tokens.Next().At;
        var inner = tokens.Current.IsOperator(")")
            ? new Expression.Tuple(at, [])
            : ParseTuple();
        tokens.ExpectOperator(")");
        return inner;
    }

    private Expression.List ParseList()
    {
        var at = tokens.Next().At;
        return new(at, ParseSeries("]", Parse));
    }

    private Expression.Dict ParseDict()
    {
        var at = tokens.Next().At;
        return new(at, ParseSeries("}", ParseEntry));
    }

    private (Expression Key, Expression Value) ParseEntry()
    {
        var key = Parse();
        tokens.ExpectOperator(":");
        return (key, Parse());
    }

    /// <summary>
    /// Parses items with commas between, a trailing one allowed, and the closing bracket.
    /// </summary>
    private ImmutableArray<T> ParseSeries<T>(string close, Func<T> parse)
    {
        var items = ImmutableArray.CreateBuilder<T>();
        while (!tokens.SkipOperator(close))
        {
            if (items.Count > 0)
            {
                tokens.ExpectOperator(",");
                if (tokens.SkipOperator(close))
                    break;
            }

            items.Add(parse());
        }

        return items.ToImmutable();
    }

    private Expression ParsePostfix(Expression operand)
    {
        while (ParseExtension(operand) is { } extended)
            operand = extended;
        return operand;
    }

    private Expression? ParseExtension(Expression operand) => tokens.Current switch
    {
        { Kind: not TokenKind.Operator } => null,
        { Text: "." } => ParseAttribute(operand),
        { Text: "[" } => ParseSubscript(operand),
        { Text: "(" } => ParseCall(operand),
        _ => null,
    };

    private Expression ParseAttribute(Expression owner)
    {
        tokens.Next();
        var key = tokens.Next();
        return key.Kind switch
        {
            TokenKind.Name => new Expression.Attribute(key.At, owner, new Value.Text(key.Text)),
            TokenKind.Integer => new Expression.Item(
                key.At, owner, new Expression.Constant(key.At, Number.ParseLiteral(key))),
            _ => throw new ChatTemplateException(
                $"expected a name or number, got {key.Describe()}", key.At),
        };
    }

    private Expression ParseSubscript(Expression owner)
    {
        var at = tokens.Next().At;
        if (tokens.SkipOperator("]"))
            return new Expression.Item(at, owner, new Expression.Tuple(at, []));
        var start = tokens.Current.IsOperator(":") ? null : Parse();
        if (start is not null && !tokens.Current.IsOperator(":"))
            return FinishItem(at, owner, start);
        var stop = ParseSliceBound();
        var step = ParseSliceBound();
        tokens.ExpectOperator("]");
        return new Expression.Slice(at, owner, start, stop, step);
    }

    private Expression.Item FinishItem(Position at, Expression owner, Expression first)
    {
        var keys = ImmutableArray.CreateBuilder<Expression>();
        keys.Add(first);
        while (tokens.SkipOperator(","))
            keys.Add(Parse());
        tokens.ExpectOperator("]");
        return new(
            at, owner, keys.Count == 1 ? first : new Expression.Tuple(at, keys.ToImmutable()));
    }

    private Expression? ParseSliceBound()
    {
        var given = tokens.SkipOperator(":")
            && tokens.Current is not { Kind: TokenKind.Operator, Text: ":" or "]" };
        return given ? Parse() : null;
    }
}
