using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Connector;

/// <summary>A token of an answer, how likely it was, and what else was likely.</summary>
/// <param name="Token">The vocabulary entry.</param>
/// <param name="Text">Its text alone; half a character shows as U+FFFD.</param>
/// <param name="LogProbability">Natural log of its probability.</param>
/// <param name="Top">The most likely tokens in its place, best first; may be empty.</param>
public sealed record TokenLogProbability(
    TokenId Token, string Text, float LogProbability, ImmutableArray<TokenLogProbability> Top);
