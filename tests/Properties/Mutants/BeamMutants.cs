using System.Collections.Immutable;
using LanguageExt;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Beams;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about beams among others.</summary>
internal static class BeamMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("what is owed to beams held back is forgotten",
            ForgetsHeldBack,
            nameof(AdmissionLaws.A_newcomer_fits_whole_beside_all_that_run_and_the_watermark),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("beams held back leave nothing to those behind them",
            StopsAtHeldBack,
            nameof(BudgetLaws
                .Everyone_who_runs_has_a_row_in_every_step_until_the_budget_is_used_up),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("the last beam has no row",
            Spoil.Plans(WithoutLastBeam),
            nameof(BeamTraceLaws.All_beams_of_a_search_draw_in_one_step_or_none_does),
            nameof(BudgetLaws
                .Everyone_who_runs_has_a_row_in_every_step_until_the_budget_is_used_up)),
        new("a beam asks for one candidate too few",
            Spoil.Plans(plan => plan with
            {
                Samplings =
                [
                    .. plan.Samplings.Select(sampling => sampling?.Logprobs > 1
                        ? sampling with { Logprobs = sampling.Logprobs - 1 }
                        : sampling),
                ],
            }),
            nameof(BeamTraceLaws
                .A_row_of_a_beam_draws_one_token_and_all_candidates_that_may_survive),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("the blocks of a beam that dies leak",
            Spoil.Leaves(step => Dead(step) is { } dead
                ? step.After with
                {
                    Blocks = step.After.Blocks.Spoilt((counts, queue) =>
                    {
                        counts[dead.Blocks.Blocks[^1].Value]++;
                        queue.Remove(dead.Blocks.Blocks[^1].Value);
                    }),
                }
                : step.After),
            nameof(BlockLaws.The_reference_count_of_a_block_is_the_number_of_tables_that_hold_it),
            nameof(StepResultLaws
                .Those_that_end_with_a_step_free_exactly_the_blocks_that_only_they_held),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("a beam goes on in the blocks of another",
            Spoil.Leaves(step => step.Outcome() == StepOutcome.Completed
                && step.After.Running.Where(each => each.IsBeam()).ToList()
                    is [var first, .., var last] && first.Request == last.Request
                ? With(step.After, last with { Blocks = first.Blocks })
                : step.After),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence),
            nameof(StepResultLaws
                .A_completed_step_moves_its_sequences_on_by_the_tokens_of_their_rows)),
        new("the beams stand worst first",
            Spoil.Leaves(Reversed),
            nameof(BeamTraceLaws.Beams_have_the_first_places_of_their_request_the_best_first)),
        new("beams that begin again keep their tokens",
            Spoil.Leaves(step => step.Preempted.FirstOrDefault(step.BeginsAgain) is { } beam
                ? step.After with
                {
                    Waiting = step.After.Waiting.SetItem(
                        step.Waits(beam).Id, step.Waits(beam) with { Tokens = beam.Tokens }),
                }
                : step.After),
            nameof(PreemptionLaws
                .A_victim_keeps_its_tokens_and_its_place_and_its_kv_or_starts_again_at_0),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("a search that is cut off tells a token",
            Spoil.Says(step => step.Event is Event.Cancelled(var id, _)
                && step.Before.Running.Any(each => each.IsBeam() && each.Request.Id == id)
                && !step.Decisions.IsEmpty
                    ? step.Decisions.Prepend(
                        new Decision.Emit(id, new SampledToken(new TokenId(0))))
                    : step.Decisions),
            nameof(BeamTraceLaws
                .A_search_that_is_cut_off_tells_the_end_of_each_sample_and_no_token),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("the second best that a search finds is told as the best",
            Spoil.Says(step => step.Outcome() == StepOutcome.Completed
                ? step.Decisions.Select(decision => Swapped(step, decision))
                : step.Decisions),
            nameof(BeamTraceLaws.A_search_left_alone_finds_what_a_plain_search_finds),
            nameof(FinishLaws
                .A_request_left_alone_gets_its_whole_answer_and_the_reason_for_its_end)),
    ];

    private static (SchedulerState, Seq<Decision>) ForgetsHeldBack(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        var held = HeldBack(config, state, evt);
        if (held.Count == 0)
            return Scheduler.Step(config, state, evt);
        var (next, decisions) = Scheduler.Step(
            config with { MaxSequences = config.MaxSequences - held.Sum(each => each.Width) },
            state with { Running = state.Running.RemoveRange(held) },
            evt);
        return (
            next with { Running = [.. Order.Of(config, next.Running.Concat(held))] },
            decisions);
    }

    private static (SchedulerState, Seq<Decision>) StopsAtHeldBack(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        var held = HeldBack(config, state, evt);
        var ahead = state.Running.TakeWhile(each => !held.Contains(each)).ToList();
        return Scheduler.Step(
            held.Count == 0 || ahead.Count == 0 || ahead.Exists(each => each.PendingTokens > 1)
                ? config
                : config with { MaxBatchedTokens = ahead.Count },
            state,
            evt);
    }

    // Beams that the next step would have no rows for.
    private static List<Sequence> HeldBack(
        SchedulerConfig config, SchedulerState state, Event evt)
    {
        if (evt is not Event.StepWanted || state.InFlight is not null)
            return [];
        var (next, decisions) = Scheduler.Step(config, state, evt);
        var step = new Transition(0, config, state, evt, decisions, next);
        return step.Planned is { Preempted.IsEmpty: true } plan
            ?
            [
                .. state.Running.Where(each => each.IsBeam() && step.IsHeldBack(plan, each)
                    && !plan.Sequences.Contains(each.Id)),
            ]
            : [];
    }

    private static StepPlan WithoutLastBeam(StepPlan plan)
    {
        var row = plan.Rows - 1;
        return row > 0 && plan.Draws[row] is { First: > 0, Count: 1 }
            && plan.Samplings[row]?.Logprobs > 0
            ? plan with
            {
                Sequences = plan.Sequences.RemoveAt(row),
                FirstPositions = plan.FirstPositions.RemoveAt(row),
                TokenCounts = plan.TokenCounts.RemoveAt(row),
                TokenLogs = plan.TokenLogs.RemoveAt(row),
                PromptCounts = plan.PromptCounts.RemoveAt(row),
                BlockTables = plan.BlockTables.RemoveAt(row),
                Samplings = plan.Samplings.RemoveAt(row),
                Draws = plan.Draws.RemoveAt(row),
                Forbidden = plan.Forbidden.RemoveAt(row),
            }
            : plan;
    }

    private static Sequence? Dead(Transition step) =>
        step.Outcome() == StepOutcome.Completed
            ? step.Ended.FirstOrDefault(each => each.IsBeam()
                && step.After.Running.Any(after => after.Request == each.Request))
            : null;

    private static SchedulerState Reversed(Transition step)
    {
        var beams = step.After.Running.Where(each => each.IsBeam()).ToList();
        return step.Outcome() == StepOutcome.Completed
            && beams is [var first, .., var last]
            && first.Request == last.Request
            && first.Logprobs > last.Logprobs
                ? With(
                    With(step.After, first with { Tokens = last.Tokens, Logprobs = last.Logprobs }),
                    last with { Tokens = first.Tokens, Logprobs = first.Logprobs })
                : step.After;
    }

    private static SchedulerState With(SchedulerState state, Sequence other) =>
        state with
        {
            Running = [.. state.Running.Select(each => each.Id == other.Id ? other : each)],
        };

    private static Decision Swapped(Transition step, Decision decision)
    {
        int Other(RequestId id, int sample) =>
            step.Before.Running.Any(each => each.Request is { Beams: not null, Samples: > 1 }
                && each.Request.Id == id) && sample < 2
                ? 1 - sample
                : sample;
        return decision switch
        {
            Decision.Emit emit => emit with { Sample = Other(emit.Id, emit.Sample) },
            Decision.Finish end => end with { Sample = Other(end.Id, end.Sample) },
            _ => decision,
        };
    }
}
