using System.Text.RegularExpressions;

namespace SkPaged.Connector.Templates;

/// <summary>Reads the tokens of one tag, up to and including its end.</summary>
internal sealed partial class TagLexer(SourceReader reader, bool print)
{
    private const string Digits = "([0-9]+_)*[0-9]+";
    private const string Hex = "[0-9a-fA-F]";

    // Longest first, so that "**" is not read as "*" twice.
    private static readonly string[] Operators =
    [
        "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=",
        ".", ":", "|", ",", ";", "(", ")", "[", "]", "{", "}",
    ];

    // The closing brackets still owed. "}}" ends a tag only where none is.
    private readonly Stack<char> _owed = new();

    public IEnumerable<Token> Tokens()
    {
        for (reader.SkipWhitespace(); !reader.AtEnd; reader.SkipWhitespace())
        {
            var at = reader.At;
            if (_owed.Count == 0 && SkipEnd())
            {
                yield return new Token(print ? TokenKind.PrintEnd : TokenKind.TagEnd, "", at);
                yield break;
            }

            yield return ReadToken(at);
        }
    }

    private bool SkipEnd()
    {
        var end = (print ? PrintEnd() : TagEnd()).Match(reader.Text, reader.Offset);
        reader.Offset += end.Length;
        return end.Success;
    }

    private Token ReadToken(Position at)
    {
        var number = Float().Match(reader.Text, reader.Offset);
        if (number.Success)
            return Take(TokenKind.Float, number, at);
        number = Integer().Match(reader.Text, reader.Offset);
        if (number.Success)
            return Take(TokenKind.Integer, number, at);
        var name = Name().Match(reader.Text, reader.Offset);
        if (name.Success)
            return Take(TokenKind.Name, name, at);
        return reader.Current is '\'' or '"' ? ReadText(at) : ReadOperator(at);
    }

    private Token Take(TokenKind kind, Match match, Position at)
    {
        reader.Offset += match.Length;
        return new Token(kind, match.Value, at);
    }

    private Token ReadText(Position at)
    {
        var literal = Literal().Match(reader.Text, reader.Offset);
        if (!literal.Success)
            throw new ChatTemplateException("string without closing quote", at);
        var content = StringLiteral.Unescape(literal.ValueSpan[1..^1], at);
        return Take(TokenKind.Text, literal, at) with { Text = content };
    }

    private Token ReadOperator(Position at)
    {
        var symbol = Array.Find(Operators, reader.Skip)
            ?? throw new ChatTemplateException($"unexpected character '{reader.Current}'", at);
        if (symbol is "(" or "[" or "{")
            _owed.Push(symbol switch { "(" => ')', "[" => ']', _ => '}' });
        else if (symbol is ")" or "]" or "}")
            Close(symbol[0], at);
        return new Token(TokenKind.Operator, symbol, at);
    }

    private void Close(char bracket, Position at)
    {
        if (!_owed.TryPop(out var expected))
            throw new ChatTemplateException($"unexpected '{bracket}'", at);
        if (expected != bracket)
            throw new ChatTemplateException($"unexpected '{bracket}', expected '{expected}'", at);
    }

    [GeneratedRegex(@"\G(-\}\}\s*|\}\})")]
    private static partial Regex PrintEnd();

    [GeneratedRegex(@"\G(\+%\}|-%\}\s*|%\}\n?)")]
    private static partial Regex TagEnd();

    [GeneratedRegex($@"\G(?<!\.){Digits}((\.{Digits})?[eE][+-]?{Digits}|\.{Digits})")]
    private static partial Regex Float();

    [GeneratedRegex($@"\G(0[bB](_?[01])+|0[oO](_?[0-7])+|0[xX](_?{Hex})+|[1-9](_?[0-9])*|0(_?0)*)")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\G[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*")]
    private static partial Regex Name();

    [GeneratedRegex(@"\G('(?>[^'\\]+|\\.)*'|""(?>[^""\\]+|\\.)*"")", RegexOptions.Singleline)]
    private static partial Regex Literal();
}
