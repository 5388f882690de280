using System.Collections.Immutable;

namespace SkPaged.Connector.Templates;

/// <summary>Parses a whole template: text, prints, and one method for each tag.</summary>
internal sealed class StatementParser
{
    private readonly TokenStream _tokens;
    private readonly ExpressionParser _expressions;
    private readonly TargetParser _targets;

    // Loops around the current place, within the innermost macro: break and continue need one.
    private int _loops;

    private StatementParser(TokenStream tokens)
    {
        _tokens = tokens;
        _expressions = new ExpressionParser(tokens);
        _targets = new TargetParser(tokens, _expressions);
    }

    /// <exception cref="ChatTemplateException">
    /// The source breaks the grammar or uses what is unknown.
    /// </exception>
    public static ImmutableArray<Statement> Parse(string source)
    {
        using var tokens = new TokenStream(Lexer.Tokenize(source));
        var body = new StatementParser(tokens).ParseStatements([]);
        return tokens.UnknownUse is { } unknown ? throw unknown : body;
    }

    /// <summary>
    /// Parses up to a tag named in <paramref name="ends"/>, which stays the current token.
    /// </summary>
    private ImmutableArray<Statement> ParseStatements(ImmutableArray<string> ends)
    {
        var body = ImmutableArray.CreateBuilder<Statement>();
        while (_tokens.Current.Kind != TokenKind.End)
        {
            var token = _tokens.Next();
            if (token.Kind == TokenKind.TagBegin && AtEndTag(ends))
                return body.ToImmutable();
            body.Add(token.Kind switch
            {
                TokenKind.Data => new Statement.Data(token.At, new Value.Text(token.Text)),
                TokenKind.PrintBegin => ParsePrint(),
                _ => ParseTag(),
            });
        }

        return ends.IsEmpty
            ? body.ToImmutable()
            : throw _tokens.Unexpected(string.Join(" or ", ends.Select(end => $"'{end}'")));
    }

    private bool AtEndTag(ImmutableArray<string> ends) =>
        _tokens.Current.Kind == TokenKind.Name && ends.Contains(_tokens.Current.Text);

    private Statement.Print ParsePrint()
    {
        var shown = _expressions.ParseTuple();
        _tokens.Expect(TokenKind.PrintEnd);
        return new(shown);
    }

    private Statement ParseTag()
    {
        var at = _tokens.Current.At;
        var statement = _tokens.ExpectName() switch
        {
            "if" => ParseIf(at),
            "for" => ParseFor(at),
            "set" => ParseSet(at),
            "macro" => ParseMacro(at),
            "call" => ParseCall(at),
            "filter" => ParseFilter(at),
            "with" => ParseWith(at),
            "generation" => new Statement.With(at, [], ParseCaptured("endgeneration")),
            "break" when _loops > 0 => new Statement.Break(at),
            "continue" when _loops > 0 => new Statement.Continue(at),
            var loopControl and ("break" or "continue") =>
                throw new ChatTemplateException($"'{loopControl}' outside of a loop", at),
            var name => throw UnknownTag(name, at),
        };
        _tokens.Expect(TokenKind.TagEnd);
        return statement;
    }

    private static ChatTemplateException UnknownTag(string name, Position at) => name switch
    {
        "block" or "extends" or "include" or "import" or "from" or "autoescape" or "print"
            or "do" => new($"tag '{name}' is not supported in chat templates", at),
        "else" or "elif" => new($"'{name}' belongs to no open tag here", at),
        _ when name.StartsWith("end", StringComparison.Ordinal) =>
            new($"'{name}' belongs to no open tag here", at),
        _ => new($"unknown tag '{name}'", at),
    };

    /// <summary>Parses a tag's end, its body, and the name of the tag that ends it.</summary>
    private (ImmutableArray<Statement> Body, string End) ParseBody(ImmutableArray<string> ends)
    {
        _tokens.SkipOperator(":");
        _tokens.Expect(TokenKind.TagEnd);
        var body = _tokens.Nested(() => ParseStatements(ends));
        return (body, _tokens.ExpectName());
    }

    private ImmutableArray<Statement> ParseBody(string end) => ParseBody([end]).Body;

    private Statement.If ParseIf(Position at) => _tokens.Conditionally(
        () =>
        {
            var branches =
                ImmutableArray.CreateBuilder<(Expression, ImmutableArray<Statement>)>();
            string end;
            do
            {
                var condition = _expressions.ParseTuple(withConditional: false);
                (var body, end) = ParseBody(["elif", "else", "endif"]);
                branches.Add((condition, body));
            }
            while (end == "elif");
            return new Statement.If(
                at, branches.ToImmutable(), end == "else" ? ParseBody("endif") : []);
        },
        _ => true);

    private Statement.For ParseFor(Position at)
    {
        var target = _targets.ParseLoopTarget();
        _tokens.ExpectName("in");
        var source = _expressions.ParseTuple(withConditional: false);
        var filter = _tokens.SkipName("if") ? _expressions.Parse() : null;
        if (_tokens.Current.IsName("recursive"))
            throw new ChatTemplateException("recursive loops are not supported", at);
        _loops++;
        var (body, end) = ParseBody(["endfor", "else"]);
        _loops--;
        return new(at, target, source, filter, body, end == "else" ? ParseBody("endfor") : []);
    }

    private Statement ParseSet(Position at)
    {
        var target = _targets.ParseSetTarget();
        if (_tokens.SkipOperator("="))
            return new Statement.Set(at, target, _expressions.ParseTuple());
        var filters = _expressions.ParseFilterChain();
        return new Statement.SetBlock(at, target, filters, ParseCaptured("endset"));
    }

    private Statement.FilterBlock ParseFilter(Position at)
    {
        var first = _expressions.ParseFilterUse();
        return new(at, [first, .. _expressions.ParseFilterChain()], ParseCaptured("endfilter"));
    }

    private Statement.With ParseWith(Position at)
    {
        var bindings = ImmutableArray.CreateBuilder<(Target, Expression)>();
        while (_tokens.Current.Kind != TokenKind.TagEnd)
        {
            if (bindings.Count > 0)
                _tokens.ExpectOperator(",");
            var target = _targets.ParseName();
            _tokens.ExpectOperator("=");
            bindings.Add((target, _expressions.Parse()));
        }

        return new(at, bindings.ToImmutable(), ParseBody("endwith"));
    }

    private Statement.Macro ParseMacro(Position at)
    {
        var name = _targets.ParseName().Id;
        return new(name, ParseDefinition(at, name, "endmacro", _targets.ParseParameters));
    }

    private Statement.CallBlock ParseCall(Position at)
    {
        var parameters = _tokens.Current.IsOperator("(") ? _targets.ParseParameters() : [];
        var call = _expressions.Parse() as Expression.Call
            ?? throw new ChatTemplateException("a call block needs a call", at);
        return new(call, ParseDefinition(at, null, "endcall", () => parameters));
    }

    private MacroDefinition ParseDefinition(
        Position at,
        string? name,
        string end,
        Func<ImmutableArray<(string Name, Expression? Default)>> parseParameters) =>
        _tokens.CollectingNames(() =>
        {
            var parameters = parseParameters();
            var body = ParseCaptured(end);
            return new MacroDefinition(
                at, name, parameters, body, Uses("caller"), Uses("varargs"), Uses("kwargs"));

            bool Uses(string special) =>
                _tokens.NamesRead.Contains(special) && parameters.All(p => p.Name != special);
        });

    /// <summary>Parses a body whose text is captured: no break leads out of it.</summary>
    private ImmutableArray<Statement> ParseCaptured(string end)
    {
        var outer = _loops;
        _loops = 0;
        var body = ParseBody(end);
        _loops = outer;
        return body;
    }
}
