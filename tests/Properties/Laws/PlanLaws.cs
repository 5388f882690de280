using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>What an executor may rely on when it reads a plan.</summary>
public static class PlanLaws
{
    [Law]
    public static void All_columns_of_a_plan_have_one_entry_for_each_row(
        Transitions transitions) =>
        transitions.EachPlanned((_, plan) => Assert.All(
            new[]
            {
                plan.Sequences.Length,
                plan.FirstPositions.Length,
                plan.TokenCounts.Length,
                plan.TokenLogs.Length,
                plan.PromptCounts.Length,
                plan.BlockTables.Length,
                plan.Samplings.Length,
                plan.Draws.Length,
                plan.Forbidden.Length,
            },
            length => Assert.Equal(plan.Rows, length)));

    [Law]
    public static void The_plan_is_the_step_in_flight_with_the_next_number_and_the_block_size(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            Assert.Same(plan, transition.After.InFlight);
            Assert.Equal(transition.Before.NextStep, plan.Id);
            Assert.Equal(plan.Id.Value + 1, transition.After.NextStep.Value);
            Assert.Equal(transition.Config.BlockSize, plan.BlockSize);
        });

    [Law]
    public static void A_row_is_its_sequence_from_the_first_token_not_yet_computed(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => EachRow(transition, plan, (row, sequence) =>
        {
            Assert.Equal(sequence.Id, plan.Sequences[row]);
            Assert.Equal(sequence.ComputedTokens, plan.FirstPositions[row]);
            Assert.InRange(plan.TokenCounts[row], 1, sequence.PendingTokens);
            Assert.Equal(sequence.Tokens, plan.TokenLogs[row]);
            Assert.Equal(sequence.Request.Prompt.Length, plan.PromptCounts[row]);
            Assert.Same(sequence.Blocks, plan.BlockTables[row]);
        }));

    [Law]
    public static void The_block_table_covers_every_position_that_a_row_reads_or_writes(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => EachRow(transition, plan, (row, _) =>
            Assert.InRange(
                plan.FirstPositions[row] + plan.TokenCounts[row],
                1,
                plan.BlockTables[row].Count * plan.BlockSize)));

    [Law]
    public static void A_row_draws_exactly_when_it_reaches_the_end_of_its_tokens(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) =>
        {
            EachRow(transition, plan, (row, sequence) =>
            {
                var end = plan.FirstPositions[row] + plan.TokenCounts[row];
                Assert.Equal(end == plan.TokenLogs[row].Count, plan.Samples(row));
                if (plan.Samples(row))
                    Assert.Same(sequence.Request.Sampling, plan.Samplings[row]);
                Assert.Equal(
                    plan.Samples(row) ? new(sequence.Sample, sequence.Width) : default,
                    plan.Draws[row]);
            });
            Assert.Equal(plan.Draws.Sum(draw => draw.Count), plan.SamplesTotal);
        });

    [Law]
    public static void End_tokens_are_forbidden_exactly_to_the_first_min_tokens_drawn(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => EachRow(transition, plan, (row, sequence) =>
        {
            var drawn = plan.TokenLogs[row].Count - plan.PromptCounts[row];
            var early = plan.Samples(row) && drawn < sequence.Request.Stop.MinTokens;
            Assert.Equal(
                early ? sequence.Request.Stop.EndTokens.ToArray() : [],
                plan.Forbidden[row].ToArray());
        }));

    [Law]
    public static void Positions_follow_one_another_or_start_behind_the_blocks_that_are_shared(
        Trace trace)
    {
        var next = new Dictionary<SequenceId, int>();
        foreach (var transition in trace.Items)
        {
            foreach (var newcomer in transition.Admitted)
                next[newcomer.Id] = newcomer.Content?.Depth * trace.Config.BlockSize ?? 0;
            foreach (var sample in transition.Forked)
                next[sample.Id] = next[new(sample.Id.Value - sample.Sample)];
            if (transition.Planned is not { } plan)
                continue;
            for (var row = 0; row < plan.Rows; row++)
            {
                var id = plan.Sequences[row];
                Assert.Equal(next[id], plan.FirstPositions[row]);
                next[id] = plan.FirstPositions[row] + plan.TokenCounts[row];
            }
        }
    }

    [Law]
    public static void The_token_log_of_a_sequence_only_grows_at_its_end(Trace trace)
    {
        var last = new Dictionary<SequenceId, AppendLog<TokenId>>();
        foreach (var plan in trace.Items.Select(each => each.Planned).OfType<StepPlan>())
        {
            for (var row = 0; row < plan.Rows; row++)
            {
                var (id, log) = (plan.Sequences[row], plan.TokenLogs[row]);
                var before = last.GetValueOrDefault(id, AppendLog<TokenId>.Empty);
                Assert.Equal(
                    before.Span.ToArray(), log.Span[..Math.Min(before.Count, log.Count)].ToArray());
                last[id] = log;
            }
        }
    }

    [Law]
    public static void A_block_table_that_did_not_change_is_the_same_object_in_the_next_plan(
        Trace trace)
    {
        var last = new Dictionary<SequenceId, BlockTable>();
        foreach (var transition in trace.Items.Where(each => each.Planned is not null))
        {
            foreach (var preempted in transition.Preempted)
                last.Remove(preempted.Id);
            var plan = transition.Planned!;
            for (var row = 0; row < plan.Rows; row++)
            {
                var (id, table) = (plan.Sequences[row], plan.BlockTables[row]);
                if (last.TryGetValue(id, out var before)
                    && before.Blocks.SequenceEqual(table.Blocks))
                    Assert.Same(before, table);
                last[id] = table;
            }
        }
    }

    private static void EachRow(Transition transition, StepPlan plan, Action<int, Sequence> law)
    {
        var running = transition.After.Running.ToDictionary(sequence => sequence.Id);
        for (var row = 0; row < plan.Rows; row++)
            law(row, running[plan.Sequences[row]]);
    }
}
