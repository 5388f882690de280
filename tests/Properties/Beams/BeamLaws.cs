using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>What a beam search finds, and when it ends.</summary>
public static class BeamLaws
{
    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_search_finds_what_a_plain_search_over_the_whole_vocabulary_finds(
        BeamCase search) =>
        Same(search, PlainSearch.Beams(search, search.Beams.EarlyStopping));

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void More_candidates_than_the_rules_ask_for_change_nothing(BeamCase search) =>
        Assert.Equal(
            Texts(search, search.Run()), Texts(search, search.Run(candidates: int.MaxValue)));

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void As_many_beams_as_there_are_outputs_find_the_best_of_all_outputs(
        BeamCase any)
    {
        var vocabulary = Math.Min(any.Model.Vocabulary, 3);
        var length = Math.Min(any.OutputTokensMax, 3);
        var search = any with
        {
            Model = any.Model with { Vocabulary = vocabulary },
            LengthMax = any.PromptTokens + length,
            Beams = any.Beams with { Width = (int)Math.Pow(vocabulary, length) },
        };
        var everything = PlainSearch.Everything(search).ToList();
        Assert.Equal(
            everything.Select(found => found.Worth).OrderDescending(),
            search.Answer().Select(hypothesis => hypothesis.Worth));
        if (everything.Count > 0)
            Assert.Contains(everything, found =>
                found.Worth == everything.Max(each => each.Worth)
                && found.Output.SequenceEqual(Tokens(search, search.Answer()[0])));
    }

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void One_beam_that_always_stops_is_greedy(BeamCase any)
    {
        var search = any with { Beams = any.Beams with { Width = 1 } };
        search = search.With(EarlyStopping.Always);
        Same(search, PlainSearch.Greedy(search) is { } greedy ? [greedy] : []);
    }

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void Stopping_earlier_never_finds_better(BeamCase search)
    {
        var never = Worths(search.With(EarlyStopping.Never));
        var heuristic = Worths(search.With(EarlyStopping.Heuristic));
        var always = Worths(search.With(EarlyStopping.Always));
        Assert.All(never.Zip(heuristic, always), rank =>
            Assert.True(rank.First >= rank.Second && rank.Second >= rank.Third));
        Assert.Equal((never.Length, never.Length), (heuristic.Length, always.Length));
    }

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_search_that_never_stops_early_loses_nothing(BeamCase any)
    {
        var search = any.With(EarlyStopping.Never);
        Same(search, PlainSearch.Beams(search, stopping: null));
    }

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void The_heuristic_loses_nothing_where_length_is_not_rewarded(BeamCase any)
    {
        var search = any with
        {
            Beams = any.Beams with { LengthPenalty = Math.Min(any.Beams.LengthPenalty, 0) },
        };
        search = search.With(EarlyStopping.Heuristic);
        Same(search, PlainSearch.Beams(search, stopping: null));
    }

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void A_search_ends_at_the_length_limit_at_last(BeamCase search) =>
        Assert.InRange(search.Run().Count, 1, search.OutputTokensMax);

    [Law(Arbitrary = [typeof(BeamCases)])]
    public static void Fewer_hypotheses_than_the_width_are_all_outputs_that_go_with_the_beams(
        BeamCase search)
    {
        var strides = search.Run();
        if (strides[^1].After.Hypotheses.Length < search.Beams.Width)
            Assert.True(strides[^1].Ranked.Count < search.Beams.Width);
    }

    private static void Same(BeamCase search, IEnumerable<Found> expected) =>
        Assert.Equal(
            expected.Select(found => (
                string.Join(' ', found.Output), found.Logprob, found.Worth, found.Reason)),
            search.Answer().Select(hypothesis => (
                string.Join(' ', Tokens(search, hypothesis)),
                hypothesis.Logprob,
                hypothesis.Worth,
                hypothesis.Reason)));

    private static double[] Worths(BeamCase search) =>
        [.. search.Answer().Select(hypothesis => hypothesis.Worth)];

    private static IEnumerable<int> Tokens(BeamCase search, Hypothesis hypothesis) =>
        search.Output(hypothesis).Select(token => token.Value);

    private static IEnumerable<string> Texts(BeamCase search, IEnumerable<Stride> strides) =>
        strides.Select(stride => string.Join("; ",
            stride.After.Survivors.Select(survivor => $"{survivor}").Concat(
                stride.After.Hypotheses.Select(hypothesis =>
                    $"{string.Join(' ', Tokens(search, hypothesis))} {hypothesis.Worth:R}"))));
}
