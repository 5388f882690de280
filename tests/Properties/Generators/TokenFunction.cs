using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;

namespace SkPaged.Properties.Generators;

/// <summary>
/// Stands in for the model: the next token of a sample is a hash of all tokens so far. So every
/// output is known in advance, and one token computed from the wrong prefix changes all that
/// follow.
/// </summary>
public static class TokenFunction
{
    /// <summary>
    /// The token of a sample that follows <paramref name="tokens"/>, none of the forbidden.
    /// </summary>
    public static SampledToken Next(
        ReadOnlySpan<TokenId> tokens,
        int sample,
        ImmutableArray<TokenId> forbidden,
        int vocabulary)
    {
        var hash = sample == 0 ? Hash(tokens) : Mix(Hash(tokens), (uint)sample);
        var token = new TokenId((int)(hash % (ulong)vocabulary));
        while (forbidden.Contains(token))
            token = new TokenId((token.Value + 1) % vocabulary);
        return new SampledToken(token, Logprob: -(float)(hash >> 40));
    }

    /// <summary>The model that beams are searched in: some tokens are impossible.</summary>
    public static HashModel Beams(int vocabulary) => new(Seed: 1, vocabulary, Texture.Sparse);

    /// <summary>The tokens drawn for all sampling rows of a plan.</summary>
    public static ImmutableArray<SampledToken> Answer(StepPlan plan, int vocabulary) =>
    [
        .. Enumerable.Range(0, plan.Rows)
            .SelectMany(row => Enumerable.Range(plan.Draws[row].First, plan.Draws[row].Count)
                .Select(sample => Next(
                    plan.TokenLogs[row].Span, sample, plan.Forbidden[row], vocabulary) with
                {
                    Top = Top(plan, row, vocabulary),
                })),
    ];

    private static ImmutableArray<TokenLogprob> Top(StepPlan plan, int row, int vocabulary) =>
        plan.Samplings[row]!.Logprobs is > 0 and var count
            ? Beams(vocabulary).Candidates(plan.TokenLogs[row].Span, plan.Forbidden[row], count)
            : default;

    /// <summary>The beginning of a text.</summary>
    public static ImmutableArray<TokenId> Prompt(int text, int tokens, int vocabulary) =>
    [
        .. Enumerable.Range(0, tokens)
            .Select(position => Mix(Mix(Seed, (uint)text), (uint)position))
            .Select(hash => new TokenId((int)(hash % (ulong)vocabulary))),
    ];

    /// <summary>A number for a whole content; equal contents give equal numbers.</summary>
    public static ulong Hash(ReadOnlySpan<TokenId> tokens)
    {
        var hash = Seed;
        foreach (var token in tokens)
            hash = Mix(hash, (uint)token.Value);
        return hash;
    }

    /// <summary>The numbers for the first token, the first two, ... all of them.</summary>
    public static ulong[] PrefixHashes(ReadOnlySpan<TokenId> tokens)
    {
        var (hash, hashes) = (Seed, new ulong[tokens.Length]);
        for (var i = 0; i < tokens.Length; i++)
            hashes[i] = hash = Mix(hash, (uint)tokens[i].Value);
        return hashes;
    }

    private const ulong Seed = 0x9E3779B97F4A7C15;

    // One round of SplitMix64 over the running hash and the next value.
    private static ulong Mix(ulong hash, uint value)
    {
        var mixed = (hash ^ value) + Seed;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 31);
    }
}
