using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>A token and its log probability.</summary>
/// <param name="Token">The vocabulary entry.</param>
/// <param name="Logprob">Natural log of its probability after penalties and temperature.</param>
public readonly record struct TokenLogprob(TokenId Token, float Logprob);

/// <summary>What an executor drew for one row.</summary>
/// <param name="Token">The drawn token.</param>
/// <param name="Logprob">Natural log of the token's probability; NaN when not asked for.</param>
/// <param name="Top">The most likely tokens, best first; default when not asked for.</param>
public readonly record struct SampledToken(
    TokenId Token, float Logprob = float.NaN, ImmutableArray<TokenLogprob> Top = default);
