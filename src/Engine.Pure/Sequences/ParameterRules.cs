using System.Collections.Immutable;
using System.Globalization;

namespace SkPaged.Engine.Pure;

/// <summary>The ranges and conflicts of a request's values, all checked together.</summary>
public static class ParameterRules
{
    /// <summary>
    /// The most log probabilities that may be asked for beside the drawn token's.
    /// </summary>
    public const int MaxLogprobs = 20;

    /// <summary>The most characters that a cache salt may have.</summary>
    public const int CacheSaltMax = 256;

    /// <summary>The most characters that a tenant's name may have.</summary>
    public const int TenantMax = 256;

    /// <summary>The fewest beams that can be searched with.</summary>
    public const int BeamWidthMin = 2;

    /// <summary>The most beams that can be searched with.</summary>
    public const int BeamWidthMax = 16;

    /// <summary>Everything that is wrong with the values; empty when nothing is.</summary>
    /// <param name="request">Whose values.</param>
    /// <param name="vocabularySize">Tokens of the vocabulary.</param>
    public static ImmutableArray<ParameterError> Check(Request request, int vocabularySize)
    {
        // A value that its neighbours forbid may be out of its own range too: what they ask for is
        // the narrower, so it alone is told.
        var conflicts = GroupRules.Conflicts(request).ToImmutableArray();
        return
        [
            .. Check(request.Sampling, request.Stop, vocabularySize)
                .Concat(Texts(request))
                .Concat(GroupRules.Ranges(request))
                .Where(error => conflicts.All(conflict => conflict.Name != error.Name)),
            .. conflicts,
        ];
    }

    /// <summary>Everything that is wrong with the values; empty when nothing is.</summary>
    /// <param name="sampling">How tokens are drawn.</param>
    /// <param name="stop">When the sequence ends.</param>
    /// <param name="vocabularySize">Tokens of the vocabulary.</param>
    public static ImmutableArray<ParameterError> Check(
        SamplingParams sampling, StopRule stop, int vocabularySize) =>
    [
        .. Sampling(sampling),
        .. Biases(sampling.LogitBias, vocabularySize),
        .. Stops(stop, vocabularySize),
    ];

    // A salt is a secret as often as not: the message tells its length.
    private static IEnumerable<ParameterError> Texts(Request request) =>
        new[]
        {
            NoLonger("cache_salt", request.CacheSalt, CacheSaltMax),
            NoLonger("tenant", request.Tenant, TenantMax),
        }.OfType<ParameterError>();

    private static ParameterError? NoLonger(string name, string? text, int max) =>
        Expect($"length of {name}", text?.Length ?? 0, text is null || text.Length <= max,
            $"at most {max}");

    private static IEnumerable<ParameterError> Sampling(SamplingParams sampling) =>
        new[]
        {
            Expect("temperature", sampling.Temperature, sampling.Temperature is >= 0 and <= 10,
                "from 0 to 10"),
            Expect("top_k", sampling.TopK, sampling.TopK >= 0, "0 (off) or more"),
            Expect("top_p", sampling.TopP, sampling.TopP is > 0 and <= 1, "above 0 and at most 1"),
            Expect("min_p", sampling.MinP, sampling.MinP is >= 0 and <= 1, "from 0 to 1"),
            Expect("repetition_penalty", sampling.RepetitionPenalty,
                sampling.RepetitionPenalty is > 0 and <= 10, "above 0 and at most 10"),
            Expect("presence_penalty", sampling.PresencePenalty,
                sampling.PresencePenalty is >= -2 and <= 2, "from -2 to 2"),
            Expect("frequency_penalty", sampling.FrequencyPenalty,
                sampling.FrequencyPenalty is >= -2 and <= 2, "from -2 to 2"),
            Expect("logprobs", sampling.Logprobs ?? 0,
                sampling.Logprobs is null or (>= 0 and <= MaxLogprobs), $"from 0 to {MaxLogprobs}"),
        }.OfType<ParameterError>();

    private static IEnumerable<ParameterError> Biases(
        ImmutableDictionary<TokenId, float> biases, int vocabularySize) =>
        biases
            .OrderBy(bias => bias.Key.Value)
            .SelectMany(bias => new[]
            {
                InVocabulary("logit_bias token", bias.Key, vocabularySize),
                Expect($"logit_bias of token {bias.Key.Value}", bias.Value,
                    bias.Value is >= -100 and <= 100, "from -100 to 100"),
            })
            .OfType<ParameterError>();

    private static IEnumerable<ParameterError> Stops(StopRule stop, int vocabularySize) =>
        new[]
        {
            Expect("max_tokens", stop.MaxTokens, stop.MaxTokens >= 1, "at least 1"),
            Expect("min_tokens", stop.MinTokens,
                stop.MinTokens >= 0 && (stop.MinTokens <= stop.MaxTokens || stop.MaxTokens < 1),
                $"from 0 to max_tokens ({stop.MaxTokens})"),
        }
        .Concat(stop.EndTokens.Select(
            token => InVocabulary("stop token", token, vocabularySize)))
        .OfType<ParameterError>();

    private static ParameterError? InVocabulary(string name, TokenId token, int vocabularySize) =>
        Expect(name, token.Value, token.Value >= 0 && token.Value < vocabularySize,
            $"from 0 to {vocabularySize - 1}");

    /// <summary>An error, unless the value is as it must be.</summary>
    internal static ParameterError? Expect<T>(string name, T value, bool holds, string expected) =>
        holds
            ? null
            : new ParameterError(
                name, string.Create(CultureInfo.InvariantCulture, $"{value}"), expected);
}
