using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>
/// What holds of searches alone, among whatever else happens. All that holds of every sequence is
/// in <c>Laws</c>, and <see cref="LawsOfAll"/> asks it of beams too.
/// </summary>
public static class BeamTraceLaws
{
    [Law]
    public static void A_search_left_alone_finds_what_a_plain_search_finds(Trace trace) =>
        Assert.All(Searches(trace), lives =>
        {
            if (lives[0].Cause?.Outcome() != StepOutcome.Completed)
                return;
            var search = BeamCase.Of(trace.Config, lives[0].Request);
            var expected = PlainSearch.Beams(search, search.Beams.EarlyStopping);
            Assert.Equal(
                Enumerable.Range(0, lives.Count)
                    .Select(sample => expected.ElementAtOrDefault(sample))
                    .Select(found => found is null
                        ? $" {FinishReason.Stop}"
                        : $"{string.Join(' ', found.Output)} {found.Reason}"),
                lives.Select(life =>
                    $"{string.Join(' ', life.Tokens.Select(token => token.Token.Value))} "
                    + $"{life.Ends.Single().Reason}"));
        });

    [Law]
    public static void A_search_that_is_cut_off_tells_the_end_of_each_sample_and_no_token(
        Trace trace) =>
        Assert.All(Searches(trace), lives =>
        {
            Assert.All(lives, life => Assert.Single(life.Ends));
            Assert.Single(lives.DistinctBy(life => life.Cause?.Index));
            if (lives[0].Cause?.Outcome() == StepOutcome.Completed)
                return;
            Assert.All(lives, life =>
            {
                Assert.Empty(life.Tokens);
                Assert.NotEqual(FinishReason.Length, life.Ends[0].Reason);
            });
        });

    [Law]
    public static void All_beams_of_a_search_draw_in_one_step_or_none_does(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.All(
            transition.After.Running.Where(each => each.IsBeam()).GroupBy(each => each.Request.Id),
            beams =>
            {
                var rows = beams.Count(beam => plan.Sequences.Contains(beam.Id));
                Assert.True(rows == 0 || rows == beams.Count());
                Assert.Equal(beams.First().Beams!.Living, beams.Count());
            }));

    [Law]
    public static void A_row_of_a_beam_draws_one_token_and_all_candidates_that_may_survive(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => Assert.All(
            transition.After.Running.Where(each => each.Searches()), beam =>
            {
                var row = plan.Sequences.IndexOf(beam.Id);
                if (row < 0 || !plan.Samples(row))
                    return;
                Assert.Equal(new SampleRange(beam.Sample, 1), plan.Draws[row]);
                Assert.Equal(
                    beam.Request.Beams!.Width + beam.Request.Stop.EndTokens.Length,
                    plan.Samplings[row]!.Logprobs);
            }));

    // The last counts for those that are missing, so that there is room when they come back.
    [Law]
    public static void Beams_have_the_first_places_of_their_request_the_best_first(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(
            transition.After.Unfinished()
                .Where(each => each.IsBeam())
                .GroupBy(each => each.Request.Id),
            group =>
            {
                var beams = group.OrderBy(each => each.Id.Value).ToList();
                Assert.Equal(Enumerable.Range(0, beams.Count), beams.Select(each => each.Sample));
                Assert.Equal(
                    beams.Select(each => each.Logprobs).OrderDescending(),
                    beams.Select(each => each.Logprobs));
                Assert.Equal(beams[0].Request.Width, beams.Sum(each => each.Width));
                Assert.Equal(
                    beams.Count,
                    beams.DistinctBy(each => string.Join(' ', each.Tokens.Span.ToArray())).Count());
            }));

    private static List<List<Life>> Searches(Trace trace) =>
    [
        .. History.Of(trace).Lives
            .Where(life => life.Request.Beams is not null)
            .GroupBy(life => life.Request, ReferenceEqualityComparer.Instance)
            .Select(lives => lives.ToList()),
    ];
}
