using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>
/// Samples of one prompt: computed once, shared, and copied only where one of them writes.
/// Source: SOSP '23, section 4.4 and figure 8.
/// </summary>
public static class ForkLaws
{
    // Nothing is told of beams before their search is over: that they begin with one computation
    // is the law below.
    [Law]
    public static void All_samples_of_a_request_begin_with_one_computation_of_its_prompt(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var begun = transition.Decisions.OfType<Decision.Emit>()
                .Where(emit => transition.Before.Running.Any(each =>
                    each.Request.Id == emit.Id && each.OutputTokens == 0 && !each.Searches()))
                .GroupBy(emit => emit.Id, emit => emit.Sample);
            Assert.All(begun, samples =>
            {
                var request = transition.Before.Running
                    .Single(each => each.Request.Id == samples.Key).Request;
                Assert.Equal(Enumerable.Range(0, request.BestOf ?? request.Samples), samples);
            });
        });

    [Law]
    public static void A_fork_takes_no_block_its_samples_hold_the_same_table(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(transition.Forked, sample =>
        {
            var before = transition.Origin(sample);
            Assert.NotNull(before);
            Assert.Same(before.Blocks, sample.Blocks);
            Assert.Equal(before.Tokens.Span.ToArray(), sample.Tokens.Span[..^1].ToArray());
            Assert.Equal(
                sample.Sample - before.Sample, sample.Id.Value - before.Id.Value);
        }));

    [Law]
    public static void A_row_copies_the_block_it_writes_to_exactly_when_another_keeps_it(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var expected = new List<BlockCopy>();
            for (var row = 0; row < plan.Rows; row++)
            {
                var id = plan.Sequences[row];
                if (Kept(transition, plan, id) is not { } block)
                    continue;
                var written = plan.BlockTables[row][plan.FirstPositions[row] / plan.BlockSize];
                var later = transition.After.Running
                    .SkipWhile(each => each.Id != id)
                    .Skip(1)
                    .Any(each => Kept(transition, plan, each.Id) == block);
                Assert.Equal(later, written != block);
                if (later)
                    expected.Add(new(block, written));
            }

            Assert.Equal(expected, plan.Copies);
        });

    [Law]
    public static void No_block_is_copied_to_twice_or_both_read_and_written(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var written = plan.Copies.Select(copy => copy.To).ToList();
            Assert.Equal(written.Distinct(), written);
            Assert.Empty(written.Intersect(plan.Copies.Select(copy => copy.From)));
            Assert.All(written, block =>
                Assert.Equal(1, transition.After.Blocks.ReferenceCount(block)));
        });

    [Law]
    public static void An_unfilled_block_is_held_by_the_samples_of_one_request_only(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var holders = transition.After.Running
                .Where(each => transition.Unfilled(each) is not null)
                .GroupBy(each => transition.Unfilled(each), each => each.Request.Id);
            Assert.All(holders, requests => Assert.Single(requests.Distinct()));
        });

    [Law]
    public static void The_answer_is_the_samples_with_the_most_likely_tokens_the_best_first(
        Trace trace)
    {
        var lives = History.Of(trace).Lives.ToLookup(life => life.Request);
        foreach (var samples in lives.Where(lives => lives.Key.BestOf > lives.Key.Samples))
        {
            var told = samples.Select(life => life.Cause!).MaxBy(cause => cause.Index)!.Decisions
                .OfType<Decision.Choose>()
                .Single(choice => choice.Id == samples.Key.Id);
            var best = samples
                .OrderByDescending(Worth)
                .ThenBy(life => life.Sample)
                .Select(life => life.Sample)
                .Take(samples.Key.Samples);
            Assert.Equal(best, told.Samples);
        }
    }

    [Law]
    public static void Nothing_is_chosen_where_the_caller_gets_all_samples(
        Transitions transitions) =>
        transitions.Each(transition => Assert.All(
            transition.Decisions.OfType<Decision.Choose>(),
            choice => Assert.Contains(transition.Before.Unfinished(), each =>
                each.Request.Id == choice.Id && each.Request.BestOf > each.Request.Samples)));

    // The unfilled block of a sequence before this plan gave it anything.
    private static BlockId? Kept(Transition transition, StepPlan plan, SequenceId id)
    {
        var before = transition.Before.Unfinished().Single(each => each.Id == id);
        if (before.IsSwapped)
            return before.ComputedTokens % plan.BlockSize == 0
                ? null
                : plan.SwapIns
                    .Single(swap => swap.Host.Value == before.HostBlocks.Blocks[^1].Value)
                    .Device;
        var computed = transition.ComputedTokens(before);
        return computed % plan.BlockSize == 0 ? null : before.Blocks[computed / plan.BlockSize];
    }

    private static double Worth(Life life) =>
        life.Ends[0].Reason is FinishReason.Stop or FinishReason.Length && life.Tokens.Count > 0
            ? life.Tokens.Sum(token => (double)token.Logprob) / life.Tokens.Count
            : double.NegativeInfinity;
}
