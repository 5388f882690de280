using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using Xunit;

namespace SkPaged.Properties.Beams;

/// <summary>
/// Beams among other requests: in chunks, in short supply, cancelled and failing.
/// </summary>
public static class BeamTraceLaws
{
    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void Every_state_keeps_all_invariants(BeamTrace beams) =>
        Assert.All(beams.Trace.Items, transition =>
            Assert.Empty(Invariants.Check(beams.Trace.Config, transition.After)));

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void A_search_left_alone_finds_what_a_plain_search_finds(BeamTrace beams) =>
        Assert.All(Searches(beams), lives =>
        {
            if (lives[0].Cause?.Outcome() != StepOutcome.Completed)
                return;
            var search = BeamCase.Of(beams.Trace.Config, lives[0].Request);
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

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void A_search_that_is_cut_off_tells_the_end_of_each_sample_and_no_token(
        BeamTrace beams) =>
        Assert.All(Searches(beams), lives =>
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

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void Nothing_is_told_of_samples_that_nobody_asked_for(BeamTrace beams) =>
        Assert.Empty(History.Of(beams.Trace).Strays);

    // A search begins once, whatever becomes of its beams, and gives way as one.
    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void The_usage_counts_the_tokens_of_the_sample_and_what_befell_the_search(
        BeamTrace beams)
    {
        var cached = new Dictionary<Request, int>();
        var preemptions = new Dictionary<Request, int>();
        foreach (var transition in beams.Trace.Items)
        {
            foreach (var newcomer in transition.Admitted)
                cached.TryAdd(newcomer.Request, newcomer.ComputedTokens);
            foreach (var request in transition.Preempted.Select(each => each.Request).Distinct())
                preemptions[request] = preemptions.GetValueOrDefault(request) + 1;
            foreach (var end in transition.Decisions.OfType<Decision.Finish>())
            {
                var request = transition.Before.Unfinished()
                    .First(each => each.Request.Id == end.Id).Request;
                if (request.Beams is null)
                    continue;
                var told = transition.Decisions.OfType<Decision.Emit>()
                    .Count(emit => emit.Id == end.Id && emit.Sample == end.Sample);
                Assert.Equal(
                    new Usage(
                        request.Prompt.Length,
                        told,
                        cached.GetValueOrDefault(request),
                        preemptions.GetValueOrDefault(request)),
                    end.Usage);
            }
        }
    }

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void All_beams_of_a_search_draw_in_one_step_or_none_does(BeamTrace beams) =>
        beams.Trace.Transitions.EachPlanned((transition, plan) => Assert.All(
            transition.After.Running
                .Where(each => each.Request.Beams is not null && each.OutputTokens > 0)
                .GroupBy(each => each.Request.Id),
            group =>
            {
                var rows = group.Count(beam => plan.Sequences.Contains(beam.Id));
                Assert.True(rows == 0 || rows == group.Count());
                Assert.Equal(group.First().Beams!.Living, group.Count());
            }));

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void A_row_of_a_beam_draws_one_token_and_all_candidates(BeamTrace beams) =>
        beams.Trace.Transitions.EachPlanned((transition, plan) => Assert.All(
            transition.After.Running.Where(each => each.Request.Beams is not null), beam =>
            {
                var row = plan.Sequences.IndexOf(beam.Id);
                if (row < 0 || !plan.Samples(row))
                    return;
                Assert.Equal(new SampleRange(beam.Sample, 1), plan.Draws[row]);
                Assert.Equal(
                    beam.Request.Beams!.Width + beam.Request.Stop.EndTokens.Length,
                    plan.Samplings[row]!.Logprobs);
            }));

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void Every_row_reads_back_exactly_the_tokens_of_its_sequence(BeamTrace beams) =>
        MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence(beams.Trace);

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void All_finish_within_one_step_for_each_token_they_may_have(BeamTrace beams) =>
        ProgressLaws.All_finish_within_one_step_for_each_token_they_may_have(beams.Trace);

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void Nothing_leaks_when_all_is_finished_every_block_is_free(BeamTrace beams) =>
        ProgressLaws.Nothing_leaks_when_all_is_finished_every_block_is_free(beams.Trace);

    [Law(Arbitrary = [typeof(BeamWorkloads)])]
    public static void Everybody_else_gets_the_answer_that_they_get_alone(BeamTrace beams) =>
        Assert.All(
            History.Of(beams.Trace).Lives.Where(life => life.Request.Beams is null
                && life.Cause?.Outcome() == StepOutcome.Completed),
            life => Assert.Equal(
                History.Answer(beams.Trace.Config, life.Request, life.Sample).Tokens,
                life.Tokens));

    private static List<List<Life>> Searches(BeamTrace beams) =>
    [
        .. History.Of(beams.Trace).Lives
            .Where(life => life.Request.Beams is not null)
            .GroupBy(life => life.Request, ReferenceEqualityComparer.Instance)
            .Select(lives => lives.ToList()),
    ];
}
