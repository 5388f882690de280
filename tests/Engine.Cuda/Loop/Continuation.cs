using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// What a model does, without the model: the next token is a function of the sequence's content and
/// the request's seed, whatever ran beside it. So a test knows every answer beforehand.
/// </summary>
internal static class Continuation
{
    /// <summary>Tokens of the vocabulary.</summary>
    public const int Vocabulary = 1000;

    public static TokenId Next(ReadOnlySpan<TokenId> content, ulong seed)
    {
        var hash = 14695981039346656037UL ^ seed;
        foreach (var token in content)
            hash = (hash ^ (ulong)(uint)token.Value) * 1099511628211UL;
        return new TokenId((int)((hash ^ (hash >> 32)) % Vocabulary));
    }

    /// <summary>Each sample of a request continues as a request with this seed would.</summary>
    public static ulong SeedOf(ulong seed, int sample) => seed + (ulong)sample * 0x9E3779B97F4A7C15;

    /// <summary>How likely a token is: some tokens are likelier than others.</summary>
    public static float Logprob(TokenId token) => -1 - token.Value % 7;

    /// <summary>Tokens, the likeliest first, where <paramref name="token"/> is drawn.</summary>
    public static ImmutableArray<TokenLogprob> Likeliest(TokenId token, int count) =>
    [
        .. Enumerable.Range(0, count).Select(place => new TokenLogprob(
            new TokenId((token.Value + place) % Vocabulary),
            -0.1f - place * (0.05f + token.Value % 7 * 0.1f))),
    ];

    /// <summary>All that a request generates when it is left alone.</summary>
    public static (ImmutableArray<TokenId> Tokens, FinishReason Reason) Of(
        ImmutableArray<TokenId> prompt, ulong seed, StopRule stop, int lengthMax)
    {
        List<TokenId> all = [.. prompt];
        while (true)
        {
            var next = Next([.. all], seed);
            all.Add(next);
            if (stop.Check(next, all.Count - prompt.Length, all.Count, lengthMax) is { } reason)
                return ([.. all[prompt.Length..]], reason);
        }
    }
}
