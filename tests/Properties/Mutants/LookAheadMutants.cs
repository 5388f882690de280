using LanguageExt;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about steps that are planned while one is in flight.</summary>
internal static class LookAheadMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("steps are planned ahead though they may not be",
            Spoil.Limits(config => config with { LookAhead = true }),
            nameof(LookAheadLaws
                .At_most_two_steps_are_in_flight_and_the_second_only_where_it_may_be)),
        new("no step is ever planned ahead",
            Spoil.Limits(config => config with { LookAhead = false }),
            nameof(LookAheadLaws
                .A_step_is_planned_ahead_exactly_when_all_that_go_on_have_their_blocks),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("the answer to the step ahead is taken for the one in flight",
            Spoil.Hears((state, evt) => state is not { InFlight: { } first, Ahead: { } ahead }
                ? evt
                : evt switch
                {
                    Event.StepFailed failed when failed.Step == ahead.Id =>
                        failed with { Step = first.Id },
                    Event.StepCompleted(var result) when result.Step == ahead.Id =>
                        new Event.StepCompleted(result with { Step = first.Id }),
                    _ => evt,
                }),
            nameof(LookAheadLaws
                .Steps_are_answered_in_their_order_an_answer_out_of_turn_is_ignored)),
        new("a step ahead is planned as if none were in flight",
            AsIfIdle,
            nameof(LookAheadLaws.A_step_ahead_takes_nothing_from_anybody),
            nameof(PlanLaws
                .Positions_follow_one_another_or_start_behind_the_blocks_that_are_shared),
            nameof(LookAheadLaws
                .A_row_awaits_its_token_exactly_when_the_step_in_flight_draws_it)),
        new("a row awaits the sample of its neighbour",
            Spoil.Plans(plan => plan with
            {
                Awaited = [.. plan.Awaited.Select(sample => Math.Max(0, sample - 1))],
            }),
            nameof(LookAheadLaws
                .A_row_awaits_its_token_exactly_when_the_step_in_flight_draws_it),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence)),
        new("one that ends has a row in the step ahead",
            (config, state, evt) => RowFor(
                new Transition(0, config, state, evt, default, state), SitsOut),
            nameof(LookAheadLaws
                .Who_surely_ends_or_forks_with_the_step_in_flight_has_no_row_behind_it)),
        new("what a step ahead expects is taken for true",
            Spoil.Leaves(step => step.IsAhead() && step.Planned is not null
                ? step.After with
                {
                    Running =
                    [
                        .. step.After.Running.Select(each => each with
                        {
                            ComputedTokens = step.ComputedTokens(each),
                        }),
                    ],
                }
                : step.After),
            nameof(LookAheadLaws
                .A_step_ahead_leaves_those_that_run_as_they_are_but_for_their_blocks)),
        new("blocks taken for the step ahead leak",
            Spoil.Leaves(step => step.Before.Ahead is not null && !step.Ended.IsEmpty
                ? step.After with { Blocks = step.Before.Blocks }
                : step.After),
            nameof(LookAheadLaws
                .Who_ends_while_two_steps_are_in_flight_gives_back_the_blocks_of_both)),
        new("a surplus token is told",
            Spoil.Says(step => step.Outcome() == StepOutcome.Completed
                && step.Before.InFlight is { Awaited.IsEmpty: false } plan
                && plan.Sequences.Any(id => step.Before.Running.All(each => each.Id != id))
                && step.Event is Event.StepCompleted({ Samples: [var first, ..] })
                    ? step.Decisions.Append(new Decision.Emit(new RequestId(0), first))
                    : step.Decisions),
            nameof(LookAheadLaws
                .The_surplus_token_of_a_sequence_that_has_ended_is_told_to_nobody)),
        new("the step ahead forgets what the one in flight moves to the host",
            ForgetsSwapOuts,
            nameof(LookAheadLaws
                .Nobody_comes_back_from_the_host_while_a_step_in_flight_moves_blocks_there)),
        new("a token that was awaited is another",
            Spoil.Hears((state, evt) => evt is Event.StepCompleted({ Samples.IsDefault: false } r)
                && state.InFlight is { Awaited.IsEmpty: false }
                ? new Event.StepCompleted(r with
                {
                    Samples =
                    [
                        .. r.Samples.Select(sample => sample with
                        {
                            Token = new TokenId((sample.Token.Value + 1) % Configs.Vocabulary),
                        }),
                    ],
                })
                : evt),
            nameof(ScheduleLaws.The_answer_does_not_depend_on_look_ahead)),
    ];

    private static (SchedulerState, Seq<Decision>) AsIfIdle(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        if (!config.LookAhead || state.InFlight is null || state.Ahead is not null
            || evt is not Event.StepWanted)
            return Scheduler.Step(config, state, evt);
        var (next, decisions) = Scheduler.Step(config, state with { InFlight = null }, evt);
        return next.InFlight is null
            ? (state, decisions)
            : (next with { InFlight = state.InFlight, Ahead = next.InFlight }, decisions);
    }

    // A plan ahead in which the first of some kind has the first row.
    private static (SchedulerState, Seq<Decision>) RowFor(
        Transition step, Func<Transition, Sequence?> chosen)
    {
        var (next, decisions) = Scheduler.Step(step.Config, step.Before, step.Event);
        if (!step.IsAhead() || next.Ahead is not { } plan || chosen(step) is not { } sequence)
            return (next, decisions);
        var spoilt = plan with { Sequences = plan.Sequences.SetItem(0, sequence.Id) };
        return (
            next with { Ahead = spoilt },
            Prelude.toSeq<Decision>([new Decision.RunStep(spoilt)]));
    }

    private static Sequence? SitsOut(Transition step) =>
        step.Before.Running.FirstOrDefault(step.SitsOut);

    private static (SchedulerState, Seq<Decision>) ForgetsSwapOuts(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        if (evt is not Event.StepWanted || state.InFlight is not { } plan)
            return Scheduler.Step(config, state, evt);
        var (next, decisions) = Scheduler.Step(
            config, state with { InFlight = plan with { SwapOuts = [] } }, evt);
        return (next with { InFlight = plan }, decisions);
    }
}
