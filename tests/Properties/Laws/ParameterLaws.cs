using System.Collections.Immutable;
using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Values of a request: each has a range, and all that is wrong is told at once.</summary>
public static class ParameterLaws
{
    private const int Vocabulary = 16;

    private sealed record Values(SamplingParams Sampling, StopRule Stop);

    private sealed record Range(
        string Name, Func<Values, float, Values> With, float[] Good, float[] Bad);

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
    ];

    [Law]
    public static void Every_value_out_of_range_is_named_and_no_other(
        bool[] wrong, NonNegativeInt[] picks)
    {
        bool Wrong(int index) => index < wrong.Length && wrong[index];
        var values = s_ranges.Index().Aggregate(
            new Values(new SamplingParams(), new StopRule()),
            (sum, each) => each.Item.With(
                sum, Pick(picks, each.Index, Wrong(each.Index) ? each.Item.Bad : each.Item.Good)));
        var expected = s_ranges.Where((_, index) => Wrong(index)).Select(range => range.Name);
        var named = Check(values.Sampling, values.Stop).Select(error => error.Name);
        Assert.Equal(expected.Order(), named.Order());
    }

    [Fact]
    public static void The_defaults_are_in_range()
    {
        Assert.Empty(Check(new SamplingParams(), new StopRule()));
        Assert.Empty(Check(SamplingParams.Greedy, new StopRule()));
    }

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
}
