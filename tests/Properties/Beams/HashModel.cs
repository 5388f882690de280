using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Beams;

/// <summary>What the log probabilities of a <see cref="HashModel"/> look like.</summary>
public enum Texture
{
    /// <summary>A softmax of many different logits: sums are hardly ever equal.</summary>
    Fine,

    /// <summary>One of four halves: equal sums are common, and exact.</summary>
    Coarse,

    /// <summary>
    /// Coarse, and about every third token is impossible; after some tokens all but every eighth.
    /// </summary>
    Sparse,
}

/// <summary>
/// Stands in for the model: log probabilities are a hash of all tokens so far. The same logits as
/// in Goldens/make.py.
/// </summary>
public sealed record HashModel(uint Seed, int Vocabulary, Texture Texture = Texture.Fine)
{
    /// <summary>Added to the logits of these tokens.</summary>
    public ImmutableArray<int> Biased { get; init; } = [];

    /// <summary>What <see cref="Biased"/> tokens get.</summary>
    public float Bias { get; init; }

    /// <summary>Log probability of each token of the vocabulary after these.</summary>
    public float[] Logprobs(ReadOnlySpan<TokenId> tokens)
    {
        var state = Seed;
        foreach (var token in tokens)
            state = Mix(unchecked(state * 31 + (uint)token.Value + 1));
        var hashes = Enumerable.Range(0, Vocabulary)
            .Select(token => Mix(unchecked(state + (uint)token * 0x9E3779B1)));
        return Texture switch
        {
            Texture.Fine => Softmax([.. hashes.Select((hash, token) =>
                (hash % 2048 / 512f) + (Biased.Contains(token) ? Bias : 0))]),
            Texture.Coarse => [.. hashes.Select(Half)],
            _ => [.. hashes.Select(hash => (state % 4 == 0 ? hash % 8 != 0 : hash % 3 == 0)
                ? float.NegativeInfinity
                : Half(hash))],
        };
    }

    /// <summary>What an executor would answer: the best that may be drawn, best first.</summary>
    public ImmutableArray<TokenLogprob> Candidates(
        ReadOnlySpan<TokenId> tokens, IReadOnlyCollection<TokenId> forbidden, int count) =>
    [
        .. Logprobs(tokens)
            .Select((logprob, token) => new TokenLogprob(new TokenId(token), logprob))
            .Where(candidate => !forbidden.Contains(candidate.Token))
            .OrderByDescending(candidate => candidate.Logprob)
            .Take(count),
    ];

    private static float Half(uint hash) => -0.5f * (1 + (hash >> 8) % 4);

    private static float[] Softmax(float[] logits)
    {
        var max = logits.Max();
        var mass = logits.Sum(logit => Math.Exp(logit - max));
        return [.. logits.Select(logit => (float)(logit - max - Math.Log(mass)))];
    }

    private static uint Mix(uint value)
    {
        value = unchecked((value ^ (value >> 15)) * 0x85EBCA6B);
        value = unchecked((value ^ (value >> 13)) * 0xC2B2AE35);
        return value ^ (value >> 16);
    }
}
