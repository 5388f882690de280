namespace SkPaged.Connector.Templates;

internal enum TokenKind
{
    /// <summary>Template text outside of all tags.</summary>
    Data,

    /// <summary><c>{{</c></summary>
    PrintBegin,

    /// <summary><c>}}</c></summary>
    PrintEnd,

    /// <summary><c>{%</c></summary>
    TagBegin,

    /// <summary><c>%}</c></summary>
    TagEnd,

    Name,
    Operator,
    Text,
    Integer,
    Float,
    End,
}

/// <summary>
/// A token; <paramref name="Text"/> is what it says (of a string literal, its unescaped value).
/// </summary>
internal readonly record struct Token(TokenKind Kind, string Text, Position At)
{
    public bool IsName(string name) => Kind == TokenKind.Name && Text == name;

    public bool IsOperator(string symbol) => Kind == TokenKind.Operator && Text == symbol;

    /// <summary>The token as an error message names it.</summary>
    public string Describe() => Kind switch
    {
        TokenKind.Data => "template text",
        TokenKind.PrintBegin => "'{{'",
        TokenKind.PrintEnd => "'}}'",
        TokenKind.TagBegin => "'{%'",
        TokenKind.TagEnd => "'%}'",
        TokenKind.Text => "a string",
        TokenKind.End => "the end of the template",
        _ => $"'{Text}'",
    };
}
