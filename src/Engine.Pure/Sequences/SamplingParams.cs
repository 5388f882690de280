using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// How a token is drawn from the logits. The order is: logit bias, penalties, temperature, top-k,
/// top-p, min-p, draw. The defaults change nothing and draw from the model's own distribution.
/// </summary>
public sealed record SamplingParams
{
    /// <summary>Draws the most likely token.</summary>
    public static SamplingParams Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Divides the logits; 0 = greedy. 0 .. 10, default 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the k most likely tokens; 0 = all. At least 0, default 0.</summary>
    public int TopK { get; init; }

    /// <summary>
    /// Keeps the fewest most likely tokens whose probabilities reach p. (0, 1], default 1.
    /// </summary>
    public float TopP { get; init; } = 1;

    /// <summary>Drops tokens under this share of the most likely one. [0, 1], default 0.</summary>
    public float MinP { get; init; }

    /// <summary>
    /// Divides the positive and multiplies the negative logits of all tokens seen in prompt and
    /// output. (0, 10], default 1.
    /// </summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>
    /// Subtracted from the logit of each token of the output. -2 .. 2, default 0.
    /// </summary>
    public float PresencePenalty { get; init; }

    /// <summary>
    /// Subtracted once for each time a token is in the output. -2 .. 2, default 0.
    /// </summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these tokens. -100 .. 100 each, default none.</summary>
    public ImmutableDictionary<TokenId, float> LogitBias { get; init; } =
        ImmutableDictionary<TokenId, float>.Empty;

    /// <summary>
    /// With (seed, sample, position) the whole source of randomness: the same seed gives the same
    /// tokens in any batch. Null: the engine loop draws one as it takes the request in.
    /// </summary>
    public ulong? Seed { get; init; }

    /// <summary>
    /// How many most likely tokens to report beside the drawn one, 0 .. 20; null = no log
    /// probabilities at all. Default null.
    /// </summary>
    public int? Logprobs { get; init; }

    /// <summary>Whether the most likely token is taken, with no randomness.</summary>
    public bool IsGreedy => Temperature == 0;
}
