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
            Assert.Same(plan, transition.After.Steps().Last());
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
            Assert.Equal(transition.ComputedTokens(sequence), plan.FirstPositions[row]);
            Assert.InRange(plan.TokenCounts[row], 1, transition.PendingTokens(sequence));
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
                Assert.Equal(end == plan.Length(row), plan.Samples(row));
                if (plan.Samples(row))
                    Assert.Same(sequence.Request.Sampling, plan.Samplings[row]);
                // A beam draws one token for itself, however many are missing behind it.
                var draws = sequence.Searches() ? 1 : sequence.Width;
                Assert.Equal(
                    plan.Samples(row) ? new(sequence.Sample, draws) : default,
                    plan.Draws[row]);
            });
            Assert.Equal(plan.Draws.Sum(draw => draw.Count), plan.SamplesTotal);
        });

    [Law]
    public static void End_tokens_are_forbidden_exactly_to_the_first_min_tokens_drawn(
        Transitions transitions) =>
        transitions.EachPlanned((transition, plan) => EachRow(transition, plan, (row, sequence) =>
        {
            var drawn = plan.Length(row) - plan.PromptCounts[row];
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
        var last = new LastRows();
        trace.Transitions.Each(transition =>
        {
            // Not only where it gives way: also where the step that moved it to the host fails.
            last.Forget(transition.Before.Running.Concat(transition.Before.Waiting.Values)
                .Where(transition.BeginsAgain));
            if (transition.Planned is not { } plan)
                return;
            EachRow(transition, plan, (row, sequence) =>
            {
                var log = plan.TokenLogs[row];
                if (last.Of(sequence) is not { } before)
                    return;
                Assert.Equal(
                    before.Log.Span.ToArray(),
                    log.Span[..Math.Min(before.Log.Count, log.Count)].ToArray());
            });
            last.Keep(transition, plan);
        });
    }

    [Law]
    public static void A_block_table_that_did_not_change_is_the_same_object_in_the_next_plan(
        Trace trace)
    {
        var last = new LastRows();
        trace.Transitions.EachPlanned((transition, plan) =>
        {
            last.Forget(transition.Preempted);
            EachRow(transition, plan, (row, sequence) =>
            {
                var table = plan.BlockTables[row];
                if (last.Of(sequence) is { } before
                    && before.Table.Blocks.SequenceEqual(table.Blocks))
                    Assert.Same(before.Table, table);
            });
            last.Keep(transition, plan);
        });
    }

    // The last row of each sequence; of a beam that of the beam that it goes on from.
    private sealed class LastRows
    {
        private readonly Dictionary<SequenceId, (AppendLog<TokenId> Log, BlockTable Table)>
            _rows = [];

        public (AppendLog<TokenId> Log, BlockTable Table)? Of(Sequence sequence)
        {
            if (!sequence.IsBeam())
                return _rows.TryGetValue(sequence.Id, out var own) ? own : null;
            var known = Places(sequence).Where(_rows.ContainsKey).ToList();
            if (known.Count == 0)
                return null;
            var origin = known.Select(id => _rows[id]).Where(row =>
                sequence.Tokens.Span.StartsWith(row.Log.Span)).ToList();
            Assert.NotEmpty(origin);
            return origin.MaxBy(row => row.Log.Count);
        }

        public void Forget(IEnumerable<Sequence> sequences)
        {
            foreach (var id in sequences.SelectMany(Places))
                _rows.Remove(id);
        }

        // Which beam holds a place changes with every step: the others are beams no more.
        public void Keep(Transition transition, StepPlan plan)
        {
            Forget(transition.After.Running.Where(each =>
                each.IsBeam() && plan.Sequences.Contains(each.Id)));
            for (var row = 0; row < plan.Rows; row++)
                _rows[plan.Sequences[row]] = (plan.TokenLogs[row], plan.BlockTables[row]);
        }

        private static IEnumerable<SequenceId> Places(Sequence sequence) =>
            sequence.Searches()
                ? Enumerable.Range(0, sequence.Request.Width).Select(rank =>
                    new SequenceId(sequence.Id.Value - sequence.Sample + rank))
                : [sequence.Id];
    }

    private static void EachRow(Transition transition, StepPlan plan, Action<int, Sequence> law)
    {
        var running = transition.After.Running.ToDictionary(sequence => sequence.Id);
        for (var row = 0; row < plan.Rows; row++)
            law(row, running[plan.Sequences[row]]);
    }
}
