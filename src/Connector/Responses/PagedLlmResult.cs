using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector;

/// <summary>
/// Everything known of one finished answer: the RawRepresentation of responses and of the last
/// update, and the InnerContent of Semantic Kernel's contents.
/// </summary>
public sealed record PagedLlmResult
{
    /// <summary>The engine's id of the request.</summary>
    public required RequestId Id { get; init; }

    /// <summary>Which of the request's answers it is, from 0: the best first, if ranked.</summary>
    public int Choice { get; init; }

    /// <summary>"stop", "length" or "tool_calls".</summary>
    public required string FinishReason { get; init; }

    /// <summary>The stop string that ended the answer; null when none did.</summary>
    public required string? StopString { get; init; }

    /// <summary>Tokens of the rendered prompt.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>
    /// Tokens of the prompt that were not computed, as the prefix cache held them.
    /// </summary>
    public required int CachedTokens { get; init; }

    /// <summary>
    /// The tokens of the answer in order, end token included; after a stop string, up to the token
    /// that completed it.
    /// </summary>
    public required ImmutableArray<TokenId> OutputTokens { get; init; }

    /// <summary>
    /// Output tokens that the model thought with, marks included; 0 where it did not.
    /// </summary>
    public int ReasoningTokens { get; init; }

    /// <summary>The log probability of each output token; empty when not asked for.</summary>
    public required ImmutableArray<TokenLogProbability> LogProbabilities { get; init; }

    /// <summary>Times the request lost its blocks to others and was computed again.</summary>
    public required int Preemptions { get; init; }

    /// <summary>
    /// From submission to the request's first token, queueing included; null without one.
    /// </summary>
    public required TimeSpan? TimeToFirstToken { get; init; }

    /// <summary>From submission to the end.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>What a message carries of its tokens; null where it cannot.</summary>
    internal string? GeneratedTurn { get; init; }

    /// <summary>Tokens a second after the first; null for answers of fewer than two.</summary>
    public double? TokensPerSecond =>
        OutputTokens.Length >= 2 && Duration > TimeToFirstToken
            ? (OutputTokens.Length - 1) / (Duration - TimeToFirstToken.Value).TotalSeconds
            : null;
}
