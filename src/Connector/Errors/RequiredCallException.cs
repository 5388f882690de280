using System.Collections.Immutable;

namespace SkPaged.Connector;

/// <summary>
/// A call of a tool was required, and the answer has none of a tool that was given. The call was
/// begun for the model: it came to a limit within it, or wrote something else. To ask again, with
/// more tokens or another seed, is for the caller.
/// </summary>
public sealed class RequiredCallException : Exception
{
    internal RequiredCallException(
        ImmutableArray<string> required,
        ImmutableArray<string> called,
        string text,
        PagedLlmResult result)
        : base(Describe(required, called, result)) =>
        (Required, Called, Text, Result) = (required, called, text, result);

    /// <summary>Names of the tools of which one had to be called, at least 1.</summary>
    public ImmutableArray<string> Required { get; }

    /// <summary>Names that were called and are none of these; mostly empty.</summary>
    public ImmutableArray<string> Called { get; }

    /// <summary>
    /// What the answer says in the place of a call, the beginning that was written for it included.
    /// </summary>
    public string Text { get; }

    /// <summary>Tokens and times of the answer.</summary>
    public PagedLlmResult Result { get; }

    // Not the text: messages of exceptions go into logs and spans, and what was said does not.
    private static string Describe(
        ImmutableArray<string> required, ImmutableArray<string> called, PagedLlmResult result) =>
        $"A call of {Or(required)} was required, but the answer "
        + (!called.IsEmpty ? $"calls {Or(called)}."
            : result.FinishReason == Responses.FinishReasons.Length
                ? $"was cut off within it, after {result.OutputTokens.Length} tokens. Allow more "
                    + "by max_tokens."
            : "is none.");

    private static string Or(ImmutableArray<string> names) =>
        string.Join(" or ", names.Select(name => $"\"{name}\""));
}
