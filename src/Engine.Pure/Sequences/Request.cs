using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>What a caller wants generated.</summary>
/// <param name="Id">Unique among the requests that are not finished.</param>
/// <param name="Prompt">At least one token.</param>
/// <param name="Sampling">How tokens are drawn.</param>
/// <param name="Stop">When it ends.</param>
public sealed record Request(
    RequestId Id, ImmutableArray<TokenId> Prompt, SamplingParams Sampling, StopRule Stop)
{
    /// <summary>
    /// Cached prefixes are shared only between requests of equal salts. At most
    /// <see cref="ParameterRules.CacheSaltMax"/> characters; default null, which is a salt too.
    /// </summary>
    public string? CacheSalt { get; init; }
}

/// <summary>What a request consumed.</summary>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="OutputTokens">Tokens generated.</param>
/// <param name="CachedTokens">
/// Prompt tokens whose KV was found in the prefix cache at admission.
/// </param>
/// <param name="Preemptions">Times its blocks were taken from it.</param>
public readonly record struct Usage(
    int PromptTokens, int OutputTokens, int CachedTokens, int Preemptions);
