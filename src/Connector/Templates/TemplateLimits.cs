namespace SkPaged.Connector.Templates;

/// <summary>
/// What a template may cost. Templates come with models from strangers, so every render is bounded
/// in time, memory and stack; the bounds are counts, not clocks, so that a breach is deterministic.
/// </summary>
internal static class TemplateLimits
{
    /// <summary>
    /// Steps of one render. Each evaluated expression, loop iteration and visited element is one,
    /// and so are <see cref="CharsPerStep"/> characters made or read. A chat of 1,000 messages of
    /// 4,000 characters each takes 1.5 million with the template of Llama 3.1.
    /// </summary>
    public const int MaxSteps = 20_000_000;

    /// <summary>How many characters cost as much as one element.</summary>
    public const int CharsPerStep = 16;

    /// <summary>The length of the output, and of any one string, in UTF-16 units.</summary>
    public const int MaxTextLength = 8 * 1024 * 1024;

    /// <summary>
    /// Expressions and blocks being evaluated inside one another, macro calls included.
    /// </summary>
    public const int MaxCallDepth = 1_000;

    /// <summary>Nesting of brackets, operators and tags in the source.</summary>
    public const int MaxSyntaxDepth = 100;

    /// <summary>
    /// Nesting of a list, tuple or dict, in the variables or made by the template.
    /// </summary>
    public const int MaxValueDepth = 128;

    /// <summary>Elements of a range(), as in Jinja's own sandbox.</summary>
    public const int MaxRange = 100_000;

    /// <summary>
    /// Size of an integer; 4,300 decimal digits are Python's own limit for printing one.
    /// </summary>
    public const int MaxIntegerBits = 14_284;
}
