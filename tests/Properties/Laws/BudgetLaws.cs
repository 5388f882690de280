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
            transition.After.Running.Length, 0, transition.Config.MaxSequences));

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
                var wanted = plan.TokenLogs[row].Count - plan.FirstPositions[row];
                var allowed = transition.Config.LongPrefillThreshold is > 0 and var threshold
                    ? threshold
                    : int.MaxValue;
                Assert.Equal(Math.Min(Math.Min(wanted, allowed), budget), plan.TokenCounts[row]);
                budget -= plan.TokenCounts[row];
            }
        });

    // First come, first served it is everyone: whoever was admitted got a token then, and its
    // share only shrinks as it goes on. Else a newcomer's prompt may stand before others by now.
    [Law]
    public static void Everyone_who_runs_has_a_row_or_the_budget_went_to_those_before(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            var (config, running) = (transition.Config, transition.After.Running);
            Assert.Equal(
                running.Take(plan.Rows).Select(sequence => sequence.Id), plan.Sequences);
            Assert.True(
                plan.Rows == running.Length
                    || (plan.TokensTotal == config.MaxBatchedTokens
                        && config.Policy != SchedulingPolicy.FirstComeFirstServed),
                $"{running.Length - plan.Rows} have no row");
        });
}
