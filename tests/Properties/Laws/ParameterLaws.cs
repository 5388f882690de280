using System.Collections.Immutable;
using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Values of a request: each has a range, and all that is wrong is told at once.</summary>
public static class ParameterLaws
{
    private const int Vocabulary = 16;

    private static readonly Request s_plain = new(
        new RequestId(0), [new TokenId(0)], new SamplingParams(), new StopRule());

    private sealed record Range(
        string Name, Func<Request, float, Request> With, float[] Good, float[] Bad);

    // Good and bad values on both sides of each limit.
    private static readonly Range[] s_ranges =
    [
        Sampling("temperature", (sampling, value) => sampling with { Temperature = value },
            [0, 1, 10], [-0.01f, 10.01f, float.NaN, float.PositiveInfinity]),
        Sampling("top_k", (sampling, value) => sampling with { TopK = (int)value },
            [0, 1, 1000], [-1]),
        Sampling("top_p", (sampling, value) => sampling with { TopP = value },
            [0.001f, 1], [0, -1, 1.001f, float.NaN]),
        Sampling("min_p", (sampling, value) => sampling with { MinP = value },
            [0, 0.5f, 1], [-0.001f, 1.001f, float.NaN]),
        Sampling("repetition_penalty", (sampling, value) =>
            sampling with { RepetitionPenalty = value },
            [0.001f, 1, 10], [0, -1, 10.01f, float.NaN]),
        Sampling("presence_penalty", (sampling, value) => sampling with { PresencePenalty = value },
            [-2, 0, 2], [-2.01f, 2.01f, float.NaN]),
        Sampling("frequency_penalty", (sampling, value) =>
            sampling with { FrequencyPenalty = value },
            [-2, 0, 2], [-2.01f, 2.01f, float.NaN]),
        Sampling("logprobs", (sampling, value) => sampling with { Logprobs = (int)value },
            [0, 20], [-1, 21]),
        Sampling("logit_bias of token 3", (sampling, value) => sampling with
            {
                LogitBias = sampling.LogitBias.SetItem(new TokenId(3), value),
            },
            [-100, 0, 100], [-100.1f, 100.1f, float.NaN]),
        Sampling("logit_bias token", (sampling, value) => sampling with
            {
                LogitBias = sampling.LogitBias.SetItem(new TokenId((int)value), 1),
            },
            [0, Vocabulary - 1], [-1, Vocabulary]),
        Stop("max_tokens", (stop, value) => stop with { MaxTokens = (int)value },
            [5, 1000], [0, -1]),
        Stop("min_tokens", (stop, value) => stop with { MinTokens = (int)value },
            [0, 5], [-1]),
        Stop("stop token", (stop, value) => stop with { EndTokens = [new TokenId((int)value)] },
            [0, Vocabulary - 1], [-1, Vocabulary]),
        new("length of cache_salt", (request, value) =>
            request with { CacheSalt = new string('x', (int)value) }, [0, 256], [257, 1000]),
        new("length of tenant", (request, value) =>
            request with { Tenant = new string('x', (int)value) }, [0, 256], [257, 1000]),
    ];

    private static readonly Range[] s_drawn =
    [
        .. s_ranges,
        new("n", (request, value) => request with { Samples = (int)value }, [1, 3], [0, -1]),
        new("best_of", (request, value) => request with { BestOf = (int)value },
            [3, 100], [0, -1]),
    ];

    // What shapes a draw is good in a search only as long as it does nothing.
    private static readonly Range[] s_searched =
    [
        .. s_ranges.Select(range => range.Name switch
        {
            "temperature" or "top_k" or "min_p" =>
                range with { Good = [0], Bad = [.. range.Bad, .. range.Good[1..]] },
            "top_p" => range with { Good = [1], Bad = [.. range.Bad, 0.5f] },
            "logprobs" => range with
            {
                With = (request, value) => request with
                {
                    Sampling = request.Sampling with { Logprobs = value < 0 ? null : (int)value },
                },
                Good = [-1],
                Bad = [0, 20, 21],
            },
            _ => range,
        }),
        new("n", (request, value) => request with { Samples = (int)value }, [1, 2], [0, -1]),
        new("best_of", (request, value) =>
            request with { BestOf = value < 0 ? null : (int)value }, [-1], [0, 1, 2, 3]),
        Beams("beam_width", (beams, value) => beams with { Width = (int)value },
            [2, 16], [-1, 0, 1, 17]),
        Beams("length_penalty", (beams, value) => beams with { LengthPenalty = value },
            [-10, 0, 10],
            [-10.01f, 10.01f, float.NaN, float.PositiveInfinity, float.NegativeInfinity]),
        Beams("early_stopping", (beams, value) =>
            beams with { EarlyStopping = (EarlyStopping)value }, [0, 1, 2], [-1, 3]),
    ];

    [Law]
    public static void Every_value_out_of_range_is_named_and_no_other(
        bool[] wrong, NonNegativeInt[] picks) => Named(s_drawn, wrong, picks);

    [Law]
    public static void Every_value_out_of_range_or_ignored_by_a_beam_search_is_named_and_no_other(
        bool[] wrong, NonNegativeInt[] picks) => Named(s_searched, wrong, picks);

    [Fact]
    public static void The_defaults_are_in_range()
    {
        Assert.Empty(Check(new SamplingParams(), new StopRule()));
        Assert.Empty(Check(SamplingParams.Greedy, new StopRule()));
        Assert.Empty(Check(s_plain));
        Assert.Empty(Check(s_plain with
        {
            Beams = new BeamParams { Width = 4 },
            Sampling = SamplingParams.Greedy,
        }));
    }

    [Fact]
    public static void What_changes_the_model_s_own_probabilities_goes_with_beams() =>
        Assert.Empty(Check(s_plain with
        {
            Beams = new BeamParams { Width = 4 },
            Samples = 4,
            Sampling = SamplingParams.Greedy with
            {
                RepetitionPenalty = 1.1f,
                PresencePenalty = 1,
                FrequencyPenalty = 1,
                LogitBias = SamplingParams.Greedy.LogitBias.Add(new TokenId(3), -100),
                Seed = 7,
            },
        }));

    [Fact]
    public static void An_error_says_the_parameter_its_value_and_its_range()
    {
        var errors = Check(
            new SamplingParams { Temperature = -1.5f },
            new StopRule { MaxTokens = 4, MinTokens = 5 });
        Assert.Equal(
            [
                "temperature is -1.5; it must be from 0 to 10.",
                "min_tokens is 5; it must be from 0 to max_tokens (4).",
            ],
            errors.Select(error => error.Message));
    }

    [Fact]
    public static void All_that_is_in_conflict_is_told_at_once() =>
        Assert.Equal(
            [
                "length_penalty is NaN; it must be from -10 to 10.",
                "n is 5; it must be at most beam_width (4).",
                "best_of is 3; it must be unset with beam_width.",
                "temperature is 0.7; it must be 0 with beam_width.",
                "top_k is 40; it must be 0 with beam_width.",
                "top_p is 0.9; it must be 1 with beam_width.",
                "min_p is 0.1; it must be 0 with beam_width.",
                "logprobs is 2; it must be unset with beam_width.",
            ],
            Check(s_plain with
            {
                Samples = 5,
                BestOf = 3,
                Beams = new BeamParams { Width = 4, LengthPenalty = float.NaN },
                Sampling = new SamplingParams
                {
                    Temperature = 0.7f,
                    TopK = 40,
                    TopP = 0.9f,
                    MinP = 0.1f,
                    Logprobs = 2,
                },
            }).Select(error => error.Message));

    [Theory]
    [InlineData(1, 0, "best_of is 0; it must be at least 1.")]
    [InlineData(3, 2, "best_of is 2; it must be at least n (3).")]
    public static void No_fewer_samples_are_drawn_than_the_caller_gets(
        int samples, int bestOf, string message) =>
        Assert.Equal(
            [message],
            Check(s_plain with { Samples = samples, BestOf = bestOf })
                .Select(error => error.Message));

    private static void Named(Range[] ranges, bool[] wrong, NonNegativeInt[] picks)
    {
        bool Wrong(int index) => index < wrong.Length && wrong[index];
        var request = ranges.Index().Aggregate(s_plain, (sum, each) => each.Item.With(
            sum, Pick(picks, each.Index, Wrong(each.Index) ? each.Item.Bad : each.Item.Good)));
        var expected = ranges.Where((_, index) => Wrong(index)).Select(range => range.Name);
        Assert.Equal(expected.Order(), Check(request).Select(error => error.Name).Order());
    }

    private static ImmutableArray<ParameterError> Check(Request request) =>
        ParameterRules.Check(request, Vocabulary);

    private static ImmutableArray<ParameterError> Check(SamplingParams sampling, StopRule stop) =>
        ParameterRules.Check(sampling, stop, Vocabulary);

    private static float Pick(NonNegativeInt[] picks, int index, float[] choices) =>
        choices[picks.Length == 0 ? 0 : picks[index % picks.Length].Get % choices.Length];

    private static Range Sampling(
        string name,
        Func<SamplingParams, float, SamplingParams> with,
        float[] good,
        float[] bad) =>
        new(name, (all, value) => all with { Sampling = with(all.Sampling, value) }, good, bad);

    private static Range Stop(
        string name, Func<StopRule, float, StopRule> with, float[] good, float[] bad) =>
        new(name, (all, value) => all with { Stop = with(all.Stop, value) }, good, bad);

    private static Range Beams(
        string name, Func<BeamParams, float, BeamParams> with, float[] good, float[] bad) =>
        new(
            name,
            (all, value) => all with
            {
                Beams = with(all.Beams ?? new BeamParams { Width = 2 }, value),
            },
            good,
            bad);
}
