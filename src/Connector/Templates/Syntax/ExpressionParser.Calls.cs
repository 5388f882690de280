using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Calls, filters and tests, and their arguments.</summary>
internal sealed partial class ExpressionParser
{
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
        var arguments = tokens.Current.IsOperator("(") ? ParseArguments() : [];
        return Use("filter", name, Filters.Find(name), arguments, at);
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

    private ImmutableArray<Argument> ParseArguments()
    {
        tokens.ExpectOperator("(");
        var arguments = ParseSeries(")", ParseArgument);
        for (var i = 1; i < arguments.Length; i++)
        {
            if (!MayFollow(arguments[i].Kind, arguments[i - 1].Kind))
            {
                throw new ChatTemplateException(
                    "arguments in the wrong order", arguments[i].Value.At);
            }
        }

        return arguments;
    }

    private Argument ParseArgument()
    {
        if (tokens.SkipOperator("**"))
            return new Argument(ArgumentKind.NamedRest, "", Parse());
        if (tokens.SkipOperator("*"))
            return new Argument(ArgumentKind.Rest, "", Parse());
        if (tokens.Current.Kind != TokenKind.Name || !tokens.Peek().IsOperator("="))
            return new Argument(ArgumentKind.Positional, "", Parse());
        var name = tokens.ExpectName();
        tokens.ExpectOperator("=");
        return new Argument(ArgumentKind.Named, name, Parse());
    }

    // Values come first and ** comes last; * comes behind the values.
    private static bool MayFollow(ArgumentKind kind, ArgumentKind before) => kind switch
    {
        ArgumentKind.Positional => before == ArgumentKind.Positional,
        ArgumentKind.Rest => before is ArgumentKind.Positional or ArgumentKind.Named,
        _ => before != ArgumentKind.NamedRest,
    };

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
    private ImmutableArray<Argument> ParseTestArguments()
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
            ? [new Argument(ArgumentKind.Positional, "", ParsePostfix(ParsePrimary()))]
            : [];
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
        string kind,
        string name,
        Operation? run,
        ImmutableArray<Argument> arguments,
        Position at)
    {
        if (run is null)
            tokens.NoteUnknownUse(new ChatTemplateException($"no {kind} named '{name}'", at));
        return new(at, name, run, arguments);
    }
}
