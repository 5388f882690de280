using SkPaged.Engine.Pure;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about whose turn it is.</summary>
internal static class OrderMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the second in the queue overtakes the first",
            Spoil.Hides(
                (_, state) => state.Waiting.Count > 1
                    ? state with { Waiting = state.Waiting.Remove(state.Waiting.First().Key) }
                    : state,
                (before, after) => after with
                {
                    Waiting = after.Waiting.Add(
                        before.Waiting.First().Key, before.Waiting.First().Value),
                }),
            nameof(OrderLaws.Nobody_runs_while_one_of_its_kind_waits_who_came_earlier),
            nameof(OrderLaws
                .Nobody_is_overtaken_by_its_own_kind_they_start_in_order_of_arrival)),
        new("those waiting come before those running",
            Spoil.Hides(
                (_, state) => state.Waiting.IsEmpty ? state : state with { Running = [] },
                (before, after) => after with { Running = [.. before.Running, .. after.Running] }),
            nameof(OrderLaws.Those_running_get_their_tokens_before_anyone_is_admitted),
            nameof(ProgressLaws.The_first_in_line_gets_on_in_every_step)),
        new("the last of those running is forgotten",
            Spoil.Hides(
                (_, state) => state is { Waiting.IsEmpty: true, Running.Length: > 1 }
                    ? state with { Running = state.Running.RemoveAt(state.Running.Length - 1) }
                    : state,
                (before, after) => after with { Running = after.Running.Add(before.Running[^1]) }),
            nameof(BudgetLaws
                .Everyone_who_runs_has_a_row_in_every_step_until_the_budget_is_used_up)),
        new("rows stand in reverse order",
            Spoil.Plans(Reversed),
            nameof(OrderLaws
                .Rows_stand_in_order_and_newcomers_behind_in_the_order_of_their_turns)),
        new("every other number is given to nobody",
            Spoil.Leaves(step => step.After.NextSequence == step.Before.NextSequence
                ? step.After
                : step.After with
                {
                    NextSequence = new SequenceId(step.After.NextSequence.Value + 1),
                }),
            nameof(OrderLaws.Sequences_are_numbered_in_order_of_arrival)),
        new("an idle engine keeps to the watermark",
            (config, state, evt) => evt is Event.StepWanted && WatermarkBinds(config, state)
                ? (state, [])
                : Scheduler.Step(config, state, evt),
            nameof(AdmissionLaws
                .An_idle_engine_admits_whoever_is_first_whatever_the_watermark),
            nameof(AdmissionLaws
                .A_step_is_planned_whenever_something_is_unfinished_and_none_is_in_flight),
            nameof(ProgressLaws.All_finish_within_one_step_for_each_token_they_may_have)),
        new("whoever was preempted is let in again by the same step",
            Spoil.Leaves(step => step is { Preempted.IsEmpty: false, Before.Waiting.IsEmpty: false }
                ? step.After with
                {
                    Waiting = step.After.Waiting.Remove(step.Before.Waiting.First().Key),
                    Running = step.After.Running.Add(step.Before.Waiting.First().Value),
                }
                : step.After),
            nameof(AdmissionLaws.A_step_that_preempts_admits_nobody)),
    ];

    private static StepPlan Reversed(StepPlan plan) =>
        plan with
        {
            Sequences = [.. plan.Sequences.Reverse()],
            FirstPositions = [.. plan.FirstPositions.Reverse()],
            TokenCounts = [.. plan.TokenCounts.Reverse()],
            TokenLogs = [.. plan.TokenLogs.Reverse()],
            PromptCounts = [.. plan.PromptCounts.Reverse()],
            BlockTables = [.. plan.BlockTables.Reverse()],
            Samplings = [.. plan.Samplings.Reverse()],
            Forbidden = [.. plan.Forbidden.Reverse()],
        };

    private static bool WatermarkBinds(SchedulerConfig config, SchedulerState state) =>
        state is { Running.IsEmpty: true, Waiting.IsEmpty: false, InFlight: null }
        && BlockTable.BlocksFor(state.Waiting.First().Value.Tokens.Count, config.BlockSize)
            > config.BlocksTotal - config.WatermarkBlocks;
}
