using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>Edges of a beam search, worked by hand. Token 0 ends a beam.</summary>
public class BeamExamples
{
    private static readonly TokenId s_end = new(0);

    [Fact]
    public void The_prompt_alone_becomes_as_many_beams_as_the_width()
    {
        var step = First(Rules(width: 3), (4, -0.5f), (2, -1), (3, -1.5f), (1, -2));
        Assert.Equal([new(0, new(4), -0.5), new(0, new(2), -1), new(0, new(3), -1.5)],
            step.Survivors.ToArray());
        Assert.Empty(step.Hypotheses);
    }

    [Fact]
    public void An_end_token_within_the_width_becomes_a_hypothesis()
    {
        var step = First(Rules(width: 2), (1, -1), (0, -1.5f), (2, -2), (3, -2.5f));
        var hypothesis = Assert.Single(step.Hypotheses);
        Assert.Equal((s_end, -1.5, FinishReason.Stop),
            (hypothesis.Last, hypothesis.Worth, hypothesis.Reason));
        Assert.Equal([1, 2], step.Survivors.Select(survivor => survivor.Token.Value));
    }

    [Fact]
    public void An_end_token_behind_the_width_is_dropped()
    {
        var step = First(Rules(width: 2), (1, -1), (2, -1.5f), (0, -2), (3, -2.5f));
        Assert.Empty(step.Hypotheses);
        Assert.Equal([1, 2], step.Survivors.Select(survivor => survivor.Token.Value));
    }

    [Fact]
    public void The_length_that_a_worth_is_divided_by_counts_the_end_token()
    {
        var step = Next(Rules(width: 2), [(-3, [(0, -1), (1, -2)])]);
        Assert.Equal(-4.0 / 3, Assert.Single(step.Hypotheses).Worth);
    }

    [Fact]
    public void Equal_sums_are_ranked_by_beam_and_then_by_candidate()
    {
        var step = Next(
            Rules(width: 4), [(-1, [(1, -2), (2, -2)]), (-2, [(3, -1), (4, -1), (5, -3)])]);
        Assert.Equal([(0, 1), (0, 2), (1, 3), (1, 4)],
            step.Survivors.Select(survivor => (survivor.Parent, survivor.Token.Value)));
    }

    [Fact]
    public void A_beam_whose_candidates_are_all_worse_dies()
    {
        var step = Next(Rules(width: 2), [(-1, [(1, -1), (2, -2)]), (-2, [(3, -4), (4, -5)])]);
        Assert.Equal([0, 0], step.Survivors.Select(survivor => survivor.Parent));
    }

    [Fact]
    public void What_has_no_probability_does_not_survive()
    {
        var step = First(Rules(width: 2), (1, -1), (2, float.NegativeInfinity));
        Assert.Equal([1], step.Survivors.Select(survivor => survivor.Token.Value));
    }

    [Fact]
    public void A_search_without_any_candidate_is_over_and_found_nothing()
    {
        var step = First(Rules(width: 2));
        Assert.True(step.IsOver);
        Assert.Empty(step.Hypotheses);
    }

    [Fact]
    public void A_search_is_over_when_all_that_could_go_on_has_ended()
    {
        var step = First(Rules(width: 2), (0, -1));
        Assert.True(step.IsOver);
        Assert.Equal([s_end], step.Hypotheses.Select(hypothesis => hypothesis.Last));
    }

    [Fact]
    public void Fewer_candidates_than_the_width_survive_all()
    {
        var step = First(Rules(width: 4), (2, -1), (1, -2));
        Assert.Equal([2, 1], step.Survivors.Select(survivor => survivor.Token.Value));
    }

    [Fact]
    public void At_the_last_token_the_best_end_for_length_and_an_end_token_among_them_stops()
    {
        var rules = Rules(width: 2, maxTokens: 1);
        var step = First(rules, (2, -1), (0, -1.5f), (3, -2));
        Assert.True(step.IsOver);
        Assert.Equal([(2, FinishReason.Length), (0, FinishReason.Stop)],
            step.Hypotheses.Select(hypothesis => (hypothesis.Last.Value, hypothesis.Reason)));
    }

    [Fact]
    public void The_longest_sequence_ends_beams_as_the_most_tokens_do()
    {
        var step = Next(
            Rules(width: 2) with { LengthMax = 4 }, [(-1, [(1, -1), (2, -2), (3, -3)])]);
        Assert.True(step.IsOver);
        Assert.Equal([1, 2], step.Hypotheses.Select(hypothesis => hypothesis.Last.Value));
    }

    // Both hypotheses are worth -1 and -1.5; the best beam has 3 tokens of 12 at most, and is
    // worth its log probability / 3, or / 12 at its best.
    [Theory]
    [InlineData(EarlyStopping.Always, -0.1, true)]
    [InlineData(EarlyStopping.Heuristic, -4.4, false)]
    [InlineData(EarlyStopping.Heuristic, -4.5, true)]
    [InlineData(EarlyStopping.Never, -17.9, false)]
    [InlineData(EarlyStopping.Never, -18.0, true)]
    public void A_full_search_ends_when_its_rule_says_so(
        EarlyStopping stopping, double best, bool over)
    {
        var rules = Rules(width: 2, stopping: stopping);
        ImmutableArray<Hypothesis> full = [Worth(-1), Worth(-1.5)];
        Assert.Equal(over, Next(rules, [(best, [(1, 0)])], full).IsOver);
    }

    // Under a penalty of -1 the best beam is worth 3 times its log probability, and never more.
    [Theory]
    [InlineData(EarlyStopping.Heuristic, -0.4, false)]
    [InlineData(EarlyStopping.Heuristic, -0.5, true)]
    [InlineData(EarlyStopping.Never, -0.4, false)]
    [InlineData(EarlyStopping.Never, -0.5, true)]
    public void A_full_search_that_does_not_reward_length_ends_when_its_best_beam_is_behind(
        EarlyStopping stopping, double best, bool over)
    {
        var rules = Rules(width: 2, stopping: stopping);
        rules = rules with { Beams = rules.Beams with { LengthPenalty = -1 } };
        ImmutableArray<Hypothesis> full = [Worth(-1), Worth(-1.5)];
        Assert.Equal(over, Next(rules, [(best, [(1, 0)])], full).IsOver);
    }

    [Theory]
    [InlineData(EarlyStopping.Always)]
    [InlineData(EarlyStopping.Heuristic)]
    [InlineData(EarlyStopping.Never)]
    public void A_search_with_fewer_hypotheses_than_the_width_goes_on(EarlyStopping stopping)
    {
        var rules = Rules(width: 2, stopping: stopping);
        Assert.False(Next(rules, [(-90, [(1, 0)])], [Worth(-1)]).IsOver);
    }

    [Fact]
    public void A_beam_that_ends_no_better_than_the_worst_does_not_displace_it()
    {
        ImmutableArray<Hypothesis> full = [Worth(-1), Worth(-1.5)];
        var rules = Rules(width: 2, stopping: EarlyStopping.Never);
        Assert.Equal(full, Next(rules, [(-4.5, [(0, 0), (1, 0)])], full).Hypotheses);
        Assert.Equal([full[0].Worth, -1.25],
            Next(rules, [(-3.75, [(0, 0), (1, 0)])], full).Hypotheses.Select(each => each.Worth));
    }

    private static BeamRules Rules(
        int width,
        int maxTokens = 12,
        EarlyStopping stopping = EarlyStopping.Heuristic) =>
        new(
            new BeamParams { Width = width, EarlyStopping = stopping },
            new StopRule { MaxTokens = maxTokens, EndTokens = [s_end] },
            PromptTokens: 1,
            LengthMax: 100);

    private static Hypothesis Worth(double worth) =>
        new(default, s_end, worth, worth, FinishReason.Stop);

    private static BeamStep First(BeamRules rules, params (int, float)[] candidates) =>
        BeamSearch.Step(rules, [Of(tokens: 1, 0, candidates)], []);

    // Beams with two tokens of output.
    private static BeamStep Next(
        BeamRules rules,
        (double Logprob, (int, float)[] Candidates)[] beams,
        ImmutableArray<Hypothesis> hypotheses = default) =>
        BeamSearch.Step(
            rules,
            [.. beams.Select(beam => Of(tokens: 3, beam.Logprob, beam.Candidates))],
            hypotheses);

    private static Beam Of(int tokens, double logprob, (int Token, float Logprob)[] candidates) =>
        new(
            logprob,
            AppendLog<TokenId>.From([.. Enumerable.Repeat(new TokenId(9), tokens)]),
            [.. candidates.Select(each => new TokenLogprob(new(each.Token), each.Logprob))]);
}
