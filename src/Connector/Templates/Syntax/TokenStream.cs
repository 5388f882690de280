namespace SkPaged.Connector.Templates;

/// <summary>
/// The tokens of a template with one token of look-ahead, and what the parsers share.
/// </summary>
internal sealed class TokenStream : IDisposable
{
    private readonly IEnumerator<Token> _rest;
    private Token? _ahead;
    private int _depth;

    public TokenStream(IEnumerable<Token> tokens)
    {
        _rest = tokens.GetEnumerator();
        Current = Read();
    }

    public Token Current { get; private set; }

    /// <summary>
    /// The names read since the innermost macro began: they say which special ones it uses.
    /// </summary>
    public HashSet<string> NamesRead { get; private set; } = [];

    /// <summary>
    /// The first filter or test of a name that does not exist, outside of any condition.
    /// </summary>
    public ChatTemplateException? UnknownUse { get; private set; }

    public Token Peek() => _ahead ??= Read();

    /// <summary>Moves on and gives the token left behind.</summary>
    public Token Next()
    {
        var token = Current;
        (Current, _ahead) = (_ahead ?? Read(), null);
        return token;
    }

    public bool SkipName(string name) => Skip(Current.IsName(name));

    public bool SkipOperator(string symbol) => Skip(Current.IsOperator(symbol));

    public string ExpectName() =>
        Current.Kind == TokenKind.Name ? Next().Text : throw Unexpected("a name");

    public void ExpectName(string name)
    {
        if (!SkipName(name))
            throw Unexpected($"'{name}'");
    }

    public void ExpectOperator(string symbol)
    {
        if (!SkipOperator(symbol))
            throw Unexpected($"'{symbol}'");
    }

    public void Expect(TokenKind kind)
    {
        if (!Skip(Current.Kind == kind))
            throw Unexpected(new Token(kind, "", default).Describe());
    }

    public ChatTemplateException Unexpected(string expected) =>
        new($"expected {expected}, got {Current.Describe()}", Current.At);

    /// <summary>Parses one level deeper; the bound keeps the parser's own stack small.</summary>
    public T Nested<T>(Func<T> parse)
    {
        if (++_depth > TemplateLimits.MaxSyntaxDepth)
        {
            throw new ChatTemplateException(
                $"nested deeper than {TemplateLimits.MaxSyntaxDepth} levels", Current.At);
        }

        var parsed = parse();
        _depth--;
        return parsed;
    }

    /// <summary>
    /// Parses with a fresh <see cref="NamesRead"/>, whose names also count for the outer macro.
    /// </summary>
    public T CollectingNames<T>(Func<T> parse)
    {
        var outer = NamesRead;
        NamesRead = [];
        var parsed = parse();
        outer.UnionWith(NamesRead);
        NamesRead = outer;
        return parsed;
    }

    public void NoteUnknownUse(ChatTemplateException unknown) => UnknownUse ??= unknown;

    /// <summary>
    /// Parses what may turn out to be evaluated only under a condition; there an unknown filter or
    /// test is an error only when it is reached, as in Jinja.
    /// </summary>
    public T Conditionally<T>(Func<T> parse, Func<T, bool> isConditional)
    {
        var before = UnknownUse;
        var parsed = parse();
        if (isConditional(parsed))
            UnknownUse = before;
        return parsed;
    }

    public void Dispose() => _rest.Dispose();

    private bool Skip(bool matches)
    {
        if (matches)
            Next();
        return matches;
    }

    private Token Read() => _rest.MoveNext() ? _rest.Current : Current;
}
