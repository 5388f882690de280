namespace SkPaged.Connector.ToolCalls;

/// <summary>How a family of models writes tool calls.</summary>
internal abstract record ToolCallFormat
{
    /// <summary>Whether a turn of the model may have one call only.</summary>
    public virtual bool TakesOneCall => false;

    /// <summary>
    /// Spellings of the tokens that mark calls. Many are special tokens, which are no text
    /// otherwise.
    /// </summary>
    public abstract IReadOnlyList<string> Marks { get; }

    /// <summary>
    /// The format that the chat template shows, or null when it shows none we read.
    /// </summary>
    /// <param name="template">The Jinja source.</param>
    /// <param name="family">The format to take whatever it shows; null = by the template.</param>
    public static ToolCallFormat? Of(string template, ToolCallFamily? family = null)
    {
        // In a string of Jinja's quotes may have backslashes before them.
        var plain = template.Replace("\\\"", "\"", StringComparison.Ordinal);
        return (family ?? FamilyOf(plain)) switch
        {
            ToolCallFamily.Hermes => HermesFormat.Instance,
            ToolCallFamily.Llama => new LlamaFormat(
                plain.Contains("single tool-call", StringComparison.Ordinal)),
            ToolCallFamily.Mistral => MistralFormat.Of(plain),
            _ => null,
        };
    }

    /// <summary>
    /// What an answer begins with that is a call. It becomes the end of the prompt where one is
    /// required, so it ends where the model itself would begin a new token: the tokens of a call
    /// that was begun for it and of one that it began are then the same.
    /// </summary>
    /// <param name="name">The tool that is called; null = the model says which.</param>
    public abstract string Opening(string? name);

    /// <summary>A splitter for one answer, which is to get the opening first.</summary>
    public abstract ToolCallSplitter CreateSplitter();

    private static ToolCallFamily? FamilyOf(string template) =>
        template.Contains(MistralFormat.Mark, StringComparison.Ordinal) ? ToolCallFamily.Mistral
        : template.Contains(HermesFormat.Open, StringComparison.Ordinal) ? ToolCallFamily.Hermes
        : LlamaFormat.IsIn(template) ? ToolCallFamily.Llama
        : null;
}
