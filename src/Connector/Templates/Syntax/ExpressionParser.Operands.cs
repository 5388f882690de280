using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Literals and names, and what may follow them: subscripts, calls, filters, tests.</summary>
internal sealed partial class ExpressionParser
{
    public Expression ParsePrimary()
    {
        var token = tokens.Current;
        return token.Kind switch
        {
            TokenKind.Name => ParseName(),
            TokenKind.Text => new Expression.Constant(token.At, ParseText()),
            TokenKind.Integer => new Expression.Constant(token.At, Number.ParseLiteral(tokens.Next())),
            TokenKind.Float => new Expression.Constant(token.At, Number.ParseLiteral(tokens.Next())),
            TokenKind.Operator when token.Text == "(" => ParseParentheses(),
            TokenKind.Operator when token.Text == "[" => ParseList(),
            TokenKind.Operator when token.Text == "{" => ParseDict(),
            _ => throw tokens.Unexpected("an expression"),
        };
    }

    /// <summary>Parses <c>| a | b(...)</c> as it stands in a tag, without an input.</summary>
    public ImmutableArray<BuiltinUse> ParseFilterChain()
    {
        var uses = ImmutableArray.CreateBuilder<BuiltinUse>();
        while (tokens.SkipOperator("|"))
            uses.Add(ParseFilterUse());
        return uses.ToImmutable();
    }

    public BuiltinUse ParseFilterUse()
    {
        var at = tokens.Current.At;
        var name = ParseBuiltinName();
        var arguments = tokens.Current.IsOperator("(") ? ParseArguments() : CallArguments.None;
        return Use("filter", name, Filters.Find(name), arguments, at);
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
        var text = tokens.Next().Text;
        while (tokens.Current.Kind == TokenKind.Text)
            text += tokens.Next().Text;
        return new Value.Text(text);
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

    /// <summary>Parses items with commas between, a trailing one allowed, and the closing bracket.</summary>
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
        while (tokens.Current.Kind == TokenKind.Operator)
        {
            switch (tokens.Current.Text)
            {
                case ".":
                    operand = ParseAttribute(operand);
                    break;
                case "[":
                    operand = ParseSubscript(operand);
                    break;
                case "(":
                    operand = ParseCall(operand);
                    break;
                default:
                    return operand;
            }
        }

        return operand;
    }

    private Expression ParseFilters(Expression operand)
    {
        while (true)
        {
            if (tokens.SkipOperator("|"))
                operand = new Expression.Filter(operand, ParseFilterUse());
            else if (tokens.SkipName("is"))
                operand = ParseTest(operand);
            else if (tokens.Current.IsOperator("("))
                operand = ParseCall(operand);
            else
                return operand;
        }
    }

    private Expression.Call ParseCall(Expression callee)
    {
        var at = tokens.Current.At;
        return new(at, callee, ParseArguments());
    }

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
        if (tokens.SkipOperator("]"))
            return new(at, owner, first);
        tokens.ExpectOperator(",");
        var rest = ParseSeries("]", Parse);
        return new(at, owner, new Expression.Tuple(at, [first, .. rest]));
    }

    private Expression? ParseSliceBound() =>
        tokens.SkipOperator(":") && !tokens.Current.IsOperator(":") && !tokens.Current.IsOperator("]")
            ? Parse()
            : null;

    private CallArguments ParseArguments()
    {
        tokens.ExpectOperator("(");
        var arguments = CallArguments.None;
        while (!tokens.SkipOperator(")"))
        {
            if (arguments != CallArguments.None)
            {
                tokens.ExpectOperator(",");
                if (tokens.SkipOperator(")"))
                    break;
            }

            arguments = ParseArgument(arguments);
        }

        return arguments;
    }

    private CallArguments ParseArgument(CallArguments before)
    {
        var token = tokens.Current;
        if (tokens.SkipOperator("**"))
            return Allowed(before.NamedRest is null) with { NamedRest = Parse() };
        if (tokens.SkipOperator("*"))
            return Allowed(before is { Rest: null, NamedRest: null }) with { Rest = Parse() };
        if (token.Kind == TokenKind.Name && tokens.Peek().IsOperator("="))
        {
            tokens.Next();
            tokens.Next();
            return Allowed(before.NamedRest is null) with
            {
                Named = before.Named.Add((token.Text, Parse())),
            };
        }

        return Allowed(before is { Rest: null, NamedRest: null, Named.IsEmpty: true }) with
        {
            Positional = before.Positional.Add(Parse()),
        };

        CallArguments Allowed(bool ordered) => ordered
            ? before
            : throw new ChatTemplateException("arguments in the wrong order", token.At);
    }

    private Expression ParseTest(Expression input)
    {
        var negated = tokens.SkipName("not");
        var at = tokens.Current.At;
        var name = ParseBuiltinName();
        var test = new Expression.Test(
            input, Use("test", name, Tests.Find(name), ParseTestArguments(), at));
        return negated ? new Expression.Unary(at, UnaryOperator.Not, test) : test;
    }

    // A test may take one argument without parentheses: "n is divisibleby 3".
    private CallArguments ParseTestArguments()
    {
        var token = tokens.Current;
        if (token.IsOperator("("))
            return ParseArguments();
        if (token.IsName("is"))
            throw new ChatTemplateException("tests cannot be chained with 'is'", token.At);
        var begins = token.Kind switch
        {
            TokenKind.Name => token.Text is not ("else" or "or" or "and" or "if" or "not" or "in"),
            TokenKind.Operator => token.Text is "[" or "{",
            var kind => kind is TokenKind.Text or TokenKind.Integer or TokenKind.Float,
        };
        return begins
            ? CallArguments.None with { Positional = [ParsePostfix(ParsePrimary())] }
            : CallArguments.None;
    }

    // Jinja reads dots as part of the name; no built-in has one.
    private string ParseBuiltinName()
    {
        var name = tokens.ExpectName();
        while (tokens.SkipOperator("."))
            name += "." + tokens.ExpectName();
        return name;
    }

    private BuiltinUse Use(
        string kind, string name, Operation? run, CallArguments arguments, Position at)
    {
        if (run is null)
            tokens.NoteUnknownUse(new ChatTemplateException($"no {kind} named '{name}'", at));
        return new(at, name, run, arguments);
    }
}
