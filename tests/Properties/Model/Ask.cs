using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Model;

/// <summary>A request of an idle engine, whose values need not be fit.</summary>
public sealed record Ask(SchedulerConfig Config, Request Request)
{
    public override string ToString() => $"{Show.Config(Config)}{Environment.NewLine}  {Request}";
}

/// <summary>Requests with values on both sides of each limit: most fit, a few do not.</summary>
public static class Asks
{
    private static readonly Request s_plain = new(
        new RequestId(0), [new TokenId(1)], new SamplingParams(), new StopRule());

    private static readonly Gen<SchedulerConfig> s_config =
        from blockSize in Gen.Choose(1, 4)
        from blocks in Gen.Choose(2, 20)
        from length in Gen.Choose(2, 40)
        from sequences in Gen.Choose(1, 20)
        from budget in Gen.Choose(1, 20)
        from policy in Gen.Elements(Enum.GetValues<SchedulingPolicy>())
        select new SchedulerConfig
        {
            BlockSize = blockSize,
            BlocksTotal = blocks,
            MaxModelLength = length,
            VocabularySize = Configs.Vocabulary,
            MaxSequences = sequences,
            MaxBatchedTokens = budget,
            Policy = policy,
        };

    private static readonly Gen<ImmutableArray<TokenId>> s_prompt = Gen.Frequency(
        (40, Gen.Choose(1, 8).SelectMany(Token(14).ArrayOf).Select(Tokens)),
        (3, Gen.Choose(8, 80).SelectMany(Gen.Constant(new TokenId(0)).ArrayOf).Select(Tokens)),
        (1, Gen.Elements(default, ImmutableArray<TokenId>.Empty)));

    private static readonly Gen<SamplingParams> s_sampling =
        from greedy in Gen.Elements(true, false)
        from temperature in Around(greedy ? 0 : 1, 0, 10)
        from topK in Whole(0, -1, 40, int.MaxValue)
        from topP in Around(1, 0, 1)
        from minP in Around(0, 0, 1)
        from repetition in Around(1, 0, 10)
        from presence in Around(0, -2, 2)
        from frequency in Around(0, -2, 2)
        from logprobs in Optional(-1, 0, 20, 21)
        from biased in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(1, 3)))
        from tokens in Token(1).ArrayOf(biased)
        from biases in Around(0, -100, 100).ArrayOf(biased)
        select new SamplingParams
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
            RepetitionPenalty = repetition,
            PresencePenalty = presence,
            FrequencyPenalty = frequency,
            Logprobs = logprobs,
            LogitBias = ImmutableDictionary<TokenId, float>.Empty.SetItems(
                tokens.Zip(biases, KeyValuePair.Create)),
        };

    private static readonly Gen<StopRule> s_stop =
        from max in Whole(int.MaxValue, -1, 0, 1, 5)
        from min in Whole(0, -1, 1, 5, 6)
        from ends in Gen.Choose(0, 2).SelectMany(Token(6).ArrayOf)
        select new StopRule { MaxTokens = max, MinTokens = min, EndTokens = [.. ends] };

    private static readonly Gen<BeamParams?> s_beams =
        from searches in Gen.Elements(true, false)
        from width in Whole(4, int.MinValue, -1, 0, 1, 2, 16, 17, int.MaxValue)
        from penalty in Around(1, -10, 10)
        from stopping in Whole(0, -1, 1, 2, 3)
        select !searches ? null : new BeamParams
        {
            Width = width,
            LengthPenalty = penalty,
            EarlyStopping = (EarlyStopping)stopping,
        };

    public static Gen<Ask> Any { get; } =
        from config in s_config
        from prompt in s_prompt
        from sampling in s_sampling
        from stop in s_stop
        from beams in s_beams
        from samples in Whole(1, int.MinValue, -1, 0, 2, 3, 4, 5, 17, int.MaxValue)
        from bestOf in Optional(-1, 0, 1, 2, 3, 4, 5, 17, int.MaxValue)
        from salt in Whole(0, 1, 256, 257)
        from tenant in Whole(0, 1, 256, 257)
        from priority in Whole(0, -1, 1)
        select new Ask(config, new Request(s_plain.Id, prompt, sampling, stop)
        {
            Beams = beams,
            Samples = samples,
            BestOf = bestOf,
            CacheSalt = salt == 0 ? null : new string('s', salt),
            Tenant = tenant == 0 ? null : new string('t', tenant),
            Priority = priority,
        });

    /// <summary>One value after the other as it is in a plain request.</summary>
    public static IEnumerable<Ask> Shrink(Ask ask) =>
        new[]
        {
            ask.Request with { Prompt = s_plain.Prompt },
            ask.Request with { Sampling = s_plain.Sampling },
            ask.Request with { Sampling = SamplingParams.Greedy },
            ask.Request with { Stop = s_plain.Stop },
            ask.Request with { Beams = null },
            ask.Request with { Samples = 1 },
            ask.Request with { BestOf = null },
            ask.Request with { CacheSalt = null },
            ask.Request with { Tenant = null },
            ask.Request with { Priority = 0 },
        }
        .Where(simpler => simpler != ask.Request)
        .Select(simpler => ask with { Request = simpler });

    // The fit value nineteen times of twenty; else a limit, a value just beside one, or no number.
    private static Gen<float> Around(float fit, float least, float most) => Gen.Frequency(
        (19, Gen.Constant(fit)),
        (1, Gen.Elements(
            least, most, float.BitDecrement(least), float.BitIncrement(least),
            float.BitIncrement(most), float.BitDecrement(most),
            float.NaN, float.PositiveInfinity, float.NegativeInfinity)));

    private static Gen<int> Whole(int fit, params int[] others) =>
        Gen.Frequency((19, Gen.Constant(fit)), (1, Gen.Elements(others)));

    private static Gen<int?> Optional(params int[] values) => Gen.Frequency(
        (19, Gen.Constant((int?)null)),
        (1, Gen.Elements(values).Select(value => (int?)value)));

    // In the vocabulary, but for one of so many.
    private static Gen<TokenId> Token(int fits) => Gen.Frequency(
        (fits, Gen.Choose(0, Configs.Vocabulary - 1)),
        (1, Gen.Elements(-1, Configs.Vocabulary, int.MaxValue, int.MinValue)))
        .Select(token => new TokenId(token));

    private static ImmutableArray<TokenId> Tokens(TokenId[] tokens) => [.. tokens];
}
