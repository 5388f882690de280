using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>How the tokens of one step are shared out.</summary>
public static class BudgetLaws
{
    [Law]
    public static void A_step_computes_at_most_the_token_budget_prefill_and_decode_together(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            Assert.InRange(plan.TokenCounts.Sum(), 1, transition.Config.MaxBatchedTokens);
            Assert.Equal(plan.TokenCounts.Sum(), plan.TokensTotal);
        });

    [Law]
    public static void No_more_sequences_run_than_may(Transitions transitions) =>
        transitions.Each(transition => Assert.InRange(
            transition.After.Running.Sum(sequence => sequence.Width),
            0,
            transition.Config.MaxSequences));

    [Law]
    public static void A_chunk_keeps_to_the_long_prefill_threshold(Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            if (transition.Config.LongPrefillThreshold is > 0 and var threshold)
                Assert.All(plan.TokenCounts, tokens => Assert.InRange(tokens, 1, threshold));
        });

    [Law]
    public static void A_row_computes_all_it_can_before_the_next_gets_any(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var budget = transition.Config.MaxBatchedTokens;
            for (var row = 0; row < plan.Rows; row++)
            {
                var wanted = plan.Pending(row);
                var allowed = transition.Config.LongPrefillThreshold is > 0 and var threshold
                    ? threshold
                    : int.MaxValue;
                Assert.Equal(Math.Min(Math.Min(wanted, allowed), budget), plan.TokenCounts[row]);
                budget -= plan.TokenCounts[row];
            }
        });

    // Samples need a token each where their prompt may have needed one, and a newcomer's prompt
    // may stand before others in the next step: then the last wait. Beams that are more than what
    // is left wait too, and leave it to those behind them.
    [Law]
    public static void Everyone_who_runs_has_a_row_in_every_step_until_the_budget_is_used_up(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var (left, expected) = (transition.Config.MaxBatchedTokens, new List<SequenceId>());
            foreach (var group in transition.After.Running
                .Where(sequence => !transition.SitsOut(sequence))
                .GroupBy(sequence => sequence.Request.Id))
            {
                if (group.First().Searches() && group.Count() > left)
                    continue;
                foreach (var sequence in group.TakeWhile(_ => left > 0))
                {
                    expected.Add(sequence.Id);
                    left -= plan.Sequences.IndexOf(sequence.Id) is >= 0 and var row
                        ? plan.TokenCounts[row]
                        : 0;
                }
            }

            Assert.Equal(expected, plan.Sequences);
        });
}
