using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// When a sequence ends. Stop strings are the text layer's: it tells by an event.
/// </summary>
public sealed record StopRule
{
    /// <summary>
    /// Tokens to generate at most, at least 1. Default: up to the model's length.
    /// </summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>
    /// Tokens to generate before any end token may be drawn: with 1, the first is none.
    /// 0 .. MaxTokens, default 0.
    /// </summary>
    public int MinTokens { get; init; }

    /// <summary>Tokens that end the sequence: the model's EOS ids and the caller's own.</summary>
    public ImmutableArray<TokenId> EndTokens
    {
        get;
        init => field = value.IsDefault ? [] : value;
    } = [];

    /// <summary>
    /// Why a sequence of <paramref name="outputTokens"/> generated and
    /// <paramref name="totalTokens"/> overall tokens ends after <paramref name="last"/>, if it
    /// does.
    /// </summary>
    /// <param name="last">The token just generated.</param>
    /// <param name="outputTokens">Generated tokens, <paramref name="last"/> included.</param>
    /// <param name="totalTokens">Prompt and generated tokens.</param>
    /// <param name="lengthMax">The most tokens any sequence may have.</param>
    public FinishReason? Check(TokenId last, int outputTokens, int totalTokens, int lengthMax) =>
        outputTokens > MinTokens && EndTokens.Contains(last) ? FinishReason.Stop
        : IsFull(outputTokens, totalTokens, lengthMax) ? FinishReason.Length
        : null;

    // Whether a sequence of so many tokens ends, whatever they are.
    private bool IsFull(int outputTokens, int totalTokens, int lengthMax) =>
        outputTokens >= MaxTokens || totalTokens >= lengthMax;
}
