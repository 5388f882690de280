using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about who gives way, and what is left of it.</summary>
internal static class PreemptionMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the first in line gives way",
            (config, state, evt) =>
                evt is Event.StepWanted && state.Running.Length > 1 && Preempts(config, state)
                    ? Without(config, state, 0)
                    : Scheduler.Step(config, state, evt),
            nameof(PreemptionLaws.The_victims_are_the_last_in_order),
            nameof(PreemptionLaws.Nobody_gives_way_to_somebody_who_stands_behind_it),
            nameof(PreemptionLaws.The_first_in_line_never_gives_way)),
        new("somebody gives way though there is room",
            (config, state, evt) =>
                evt is Event.StepWanted && state is { Running.Length: > 1, InFlight: null }
                    ? Without(config, state, state.Running.Length - 1)
                    : Scheduler.Step(config, state, evt),
            nameof(PreemptionLaws.Nobody_gives_way_while_all_that_run_fit_whole),
            nameof(PreemptionLaws.Nobody_gives_way_without_need)),
        new("a victim loses what it had generated",
            Spoil.Leaves(step => WithVictims(step, victim => victim with
            {
                Tokens = AppendLog<TokenId>.From(victim.Request.Prompt),
            })),
            nameof(PreemptionLaws
                .A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0),
            nameof(PlanLaws.The_token_log_of_a_sequence_only_grows_at_its_end)),
        new("a victim is taken for computed",
            Spoil.Leaves(step => WithVictims(step, victim => victim with { ComputedTokens = 1 })),
            nameof(BlockLaws.Who_waits_holds_nothing)),
        new("the plan names no victims",
            Spoil.Plans(plan => plan with { Preempted = [] }),
            nameof(PreemptionLaws.Only_those_named_in_the_plan_lose_their_blocks)),
        new("preemptions are not counted",
            Spoil.Leaves(step => step.After with
            {
                Stats = step.After.Stats with { Preemptions = 0 },
            }),
            nameof(ValueLaws.The_statistics_are_what_a_recount_gives)),
        new("the usage knows of no preemptions",
            Spoil.Says(step => step.Decisions.Select(decision => decision is Decision.Finish end
                ? end with { Usage = end.Usage with { Preemptions = 0 } }
                : decision)),
            nameof(FinishLaws.The_usage_counts_what_the_request_consumed)),
    ];

    private static bool Preempts(SchedulerConfig config, SchedulerState state) =>
        state.InFlight is null
        && !Scheduler.Step(config, state, new Event.StepWanted())
            .State.InFlight!.Preempted.IsEmpty;

    // Preempts one of those running by hand, then plans over what is left.
    private static (SchedulerState, LanguageExt.Seq<Decision>) Without(
        SchedulerConfig config, SchedulerState state, int index)
    {
        var victim = state.Running[index];
        var blocks = state.Blocks.Edit();
        blocks.Release(victim.Blocks);
        var waits = victim with
        {
            Blocks = BlockTable.Empty,
            ComputedTokens = 0,
            Preemptions = victim.Preemptions + 1,
        };
        var (next, _) = Scheduler.Step(
            config,
            state with { Blocks = blocks.Freeze(), Running = state.Running.RemoveAt(index) },
            new Event.StepWanted());
        var plan = next.InFlight! with
        {
            Preempted = next.InFlight.Preempted.Insert(0, victim.Request.Id),
        };
        return (
            next with { Waiting = next.Waiting.Add(victim.Id, waits), InFlight = plan },
            LanguageExt.Prelude.toSeq<Decision>([new Decision.RunStep(plan)]));
    }

    private static SchedulerState WithVictims(Transition step, Func<Sequence, Sequence> other) =>
        step.After with
        {
            Waiting = step.After.Waiting.SetItems(step.Preempted
                .Where(victim => !step.BeginsAgain(victim))
                .Select(victim =>
                KeyValuePair.Create(victim.Id, other(step.After.Waiting[victim.Id])))),
        };
}
