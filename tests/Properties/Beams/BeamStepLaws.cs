using System.Collections.Immutable;
using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>What one step of a beam search keeps.</summary>
public static class BeamStepLaws
{
    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void Survivors_are_the_best_that_do_not_end_best_first(BeamCase search) =>
        Assert.All(search.Run(), stride =>
        {
            var expected = stride.Ranked.Where(each => !Ends(search, stride, each));
            if (!stride.After.IsOver)
                Assert.Equal(expected.Take(search.Beams.Width), stride.After.Survivors);
        });

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_search_that_goes_on_is_not_full_or_may_still_find_better(
        BeamCase search) =>
        Assert.All(search.Run(), stride => Assert.True(
            stride.After.IsOver
            || stride.After.Hypotheses.Length < search.Beams.Width
            || (search.Beams.EarlyStopping != EarlyStopping.Always
                && stride.After.Survivors.Any(survivor =>
                    Enumerable.Range(1, search.OutputTokensMax).Any(length =>
                        search.Rules.Worth(survivor.Logprob, length)
                            > stride.After.Hypotheses[^1].Worth)))));

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void Hypotheses_are_the_best_of_those_before_and_those_that_ended_now(
        BeamCase search) =>
        Assert.All(search.Run(), stride =>
        {
            var ended = stride.Ranked
                .Take(search.Beams.Width)
                .Where(each => Ends(search, stride, each))
                .Select(each => search.Rules.Worth(each.Logprob, Length(search, stride)));
            var expected = stride.Before.Select(hypothesis => hypothesis.Worth)
                .Concat(ended)
                .OrderDescending()
                .Take(search.Beams.Width);
            Assert.Equal(expected, stride.After.Hypotheses.Select(each => each.Worth));
        });

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_hypothesis_stays_in_its_place_until_a_better_one_comes(
        BeamCase search) =>
        Assert.All(search.Run(), stride =>
        {
            var (before, after) = (stride.Before, stride.After.Hypotheses);
            var stayed = after.Where(before.Contains);
            Assert.Equal(before.Take(stayed.Count()), stayed);
        });

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_hypothesis_says_stop_behind_an_end_token_and_length_at_the_limit(
        BeamCase search) =>
        Assert.All(search.Answer(), hypothesis =>
        {
            var output = search.Output(hypothesis);
            Assert.Equal(search.Ends.Contains(output[^1]), hypothesis.Reason == FinishReason.Stop);
            Assert.True(
                hypothesis.Reason == FinishReason.Stop || output.Length == search.OutputTokensMax);
            Assert.DoesNotContain(output[..^1], token => search.Ends.Contains(token));
        });

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void Log_probabilities_are_the_sums_of_what_the_model_gave(BeamCase search) =>
        Assert.All(search.Answer(), hypothesis =>
        {
            TokenId[] all = [.. search.Prompt, .. search.Output(hypothesis)];
            var sum = 0.0;
            for (var place = search.PromptTokens; place < all.Length; place++)
                sum += search.Model.Logprobs(all.AsSpan(0, place))[all[place].Value];
            Assert.Equal(sum, hypothesis.Logprob);
        });

    // Also of values that no request can have.
    [Law]
    public static void Every_step_has_an_answer(
        int width, float penalty, int stopping, int[] numbers, float[][] logprobs)
    {
        int Number(int index) => index < numbers.Length ? numbers[index] : index;
        var rules = new BeamRules(
            new BeamParams
            {
                Width = width,
                LengthPenalty = penalty,
                EarlyStopping = (EarlyStopping)stopping,
            },
            new StopRule
            {
                MaxTokens = Number(0),
                MinTokens = Number(1),
                EndTokens = [new TokenId(0)],
            },
            Number(2),
            Number(3));
        var beams = logprobs.Select((each, index) => new Beam(
            Number(index),
            default,
            index % 3 == 2
                ? default
                : [.. each.Select((logprob, token) => new TokenLogprob(new(token), logprob))]));
        var step = BeamSearch.Step(rules, [.. beams], default);
        var after = BeamSearch.Step(rules, [], step.Hypotheses);
        Assert.InRange(step.Survivors.Length, 0, Math.Max(0, width));
        Assert.InRange(step.Hypotheses.Length, 0, Math.Max(0, width));
        Assert.Equal((true, step.Hypotheses), (after.IsOver, after.Hypotheses));
    }

    private static bool Ends(BeamCase search, Stride stride, Survivor candidate) =>
        search.Ends.Contains(candidate.Token) || Length(search, stride) == search.OutputTokensMax;

    private static int Length(BeamCase search, Stride stride) =>
        stride.Beams[0].Tokens.Count + 1 - search.PromptTokens;
}
