namespace SkPaged.Connector;

/// <summary>
/// The prompt, or the prompt and the output asked for, exceed what the engine holds.
/// </summary>
public sealed class ContextTooLongException : ChatRequestException
{
    /// <summary>Names the numbers and what to change.</summary>
    /// <param name="promptTokens">Tokens of the rendered prompt.</param>
    /// <param name="maxTokens">Tokens of output asked for; null = as many as fit.</param>
    /// <param name="limit">Tokens that prompt and output may have together.</param>
    public ContextTooLongException(int promptTokens, int? maxTokens, int limit)
        : base(Describe(promptTokens, maxTokens, limit)) =>
        (PromptTokens, MaxTokens, Limit) = (promptTokens, maxTokens, limit);

    /// <summary>Tokens of the rendered prompt.</summary>
    public int PromptTokens { get; }

    /// <summary>Tokens of output asked for; null = as many as fit.</summary>
    public int? MaxTokens { get; }

    /// <summary>Tokens that prompt and output may have together.</summary>
    public int Limit { get; }

    private static string Describe(int promptTokens, int? maxTokens, int limit) =>
        promptTokens >= limit
            ? $"The prompt has {promptTokens} tokens; the engine takes at most {limit} with the "
                + "output, and at least 1 of output. Shorten the prompt."
            : $"The prompt has {promptTokens} tokens and max_tokens is {maxTokens}, together "
                + $"{(long)promptTokens + (maxTokens ?? 0)}; the engine takes at most {limit}. "
                + $"Shorten the prompt or set max_tokens to at most {limit - promptTokens}.";
}
