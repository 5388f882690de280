using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about what an executor reads, and about being a function.</summary>
internal static class PlanMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("a column lacks its last entry",
            Spoil.Plans(plan => plan with { Forbidden = plan.Forbidden[1..] }),
            nameof(PlanLaws.All_columns_of_a_plan_have_one_entry_for_each_row)),
        new("every row starts at position 0",
            Spoil.Plans(plan => plan with
            {
                FirstPositions = [.. plan.FirstPositions.Select(_ => 0)],
            }),
            nameof(PlanLaws.A_row_is_its_sequence_from_the_first_token_not_yet_computed)),
        new("every row draws",
            Spoil.Plans(plan => plan with
            {
                Samplings = [.. plan.Samplings.Select(_ => SamplingParams.Greedy)],
            }),
            nameof(PlanLaws.A_row_draws_exactly_when_it_reaches_the_end_of_its_tokens)),
        new("end tokens are never forbidden",
            Spoil.Plans(plan => plan with
            {
                Forbidden = [.. plan.Forbidden.Select(_ => ImmutableArray<TokenId>.Empty)],
            }),
            nameof(PlanLaws
                .End_tokens_are_forbidden_exactly_to_the_first_min_tokens_drawn)),
        new("every third plan forgets a token of the budget",
            () => Forgetful(0),
            [nameof(ValueLaws.The_same_events_give_the_same_states_and_decisions)]),
        new("another thread plans with half the budget",
            () => Local(Environment.CurrentManagedThreadId),
            [
                nameof(ValueLaws
                    .The_same_events_give_the_same_states_and_decisions_on_another_thread),
            ]),
        new("running sequences are changed in place",
            Spoil.Leaves(InPlace),
            nameof(ValueLaws.No_later_event_changes_an_earlier_state),
            nameof(ValueLaws.Two_futures_of_one_state_do_not_see_each_other)),
    ];

    private static StepFunction Forgetful(int calls) =>
        (config, state, evt) => Scheduler.Step(
            evt is Event.StepWanted && ++calls % 3 == 0 ? Less(config) : config, state, evt);

    private static StepFunction Local(int thread) =>
        (config, state, evt) => Scheduler.Step(
            Environment.CurrentManagedThreadId == thread ? config : Less(config), state, evt);

    private static SchedulerConfig Less(SchedulerConfig config) =>
        config with { MaxBatchedTokens = Math.Max(1, config.MaxBatchedTokens / 2) };

    private static SchedulerState InPlace(Transition step)
    {
        var array = ImmutableCollectionsMarshal.AsArray(step.Before.Running)!;
        foreach (var sequence in step.After.Running)
        {
            var index = Array.FindIndex(array, each => each.Id == sequence.Id);
            if (index >= 0)
                array[index] = sequence;
        }

        return step.After;
    }
}
