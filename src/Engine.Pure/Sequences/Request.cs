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

    /// <summary>
    /// Samples that the caller gets, all from one prefill; with beams, the best n of them.
    /// At least 1, default 1.
    /// </summary>
    public int Samples { get; init; } = 1;

    /// <summary>
    /// Samples that are drawn, of which the caller gets those with the greatest mean log
    /// probability a token. At least <see cref="Samples"/>; null, the default, = as many.
    /// </summary>
    public int? BestOf { get; init; }

    /// <summary>Beam search instead of sampling; null, the default, = none.</summary>
    public BeamParams? Beams { get; init; }

    /// <summary>Lower runs first, arrival breaks ties. Default 0.</summary>
    public int Priority { get; init; }

    /// <summary>Who shares fairly with whom; null, the default, is a tenant too.</summary>
    public string? Tenant { get; init; }

    /// <summary>Sequences that the request may run at once.</summary>
    public int Width => Beams?.Width ?? BestOf ?? Samples;

    /// <summary>Whether more samples are drawn than the caller gets.</summary>
    public bool IsRanked => Beams is null && BestOf > Samples;
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
