using SkPaged.Engine.Pure;
using SkPaged.Properties.Laws;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about the limits: off by one, ignored, mistaken.</summary>
internal static class LimitMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the budget counts double",
            Spoil.Limits(config => config with { MaxBatchedTokens = 2 * config.MaxBatchedTokens }),
            nameof(BudgetLaws
                .A_step_computes_at_most_the_token_budget_prefill_and_decode_together)),
        new("the last token of the budget is never used",
            Spoil.Limits(config => config with
            {
                MaxBatchedTokens = Math.Max(1, config.MaxBatchedTokens - 1),
            }),
            nameof(BudgetLaws.A_row_computes_all_it_can_before_the_next_gets_any)),
        new("one sequence too many runs",
            Spoil.Limits(config => config with { MaxSequences = config.MaxSequences + 1 }),
            nameof(BudgetLaws.No_more_sequences_run_than_may)),
        new("the long prefill threshold is ignored",
            Spoil.Limits(config => config with { LongPrefillThreshold = 0 }),
            nameof(BudgetLaws.A_chunk_keeps_to_the_long_prefill_threshold)),
        new("the watermark is ignored",
            Spoil.Limits(config => config with { Watermark = 0 }),
            nameof(AdmissionLaws.A_newcomer_fits_whole_beside_all_that_run_and_the_watermark)),
        new("the watermark is half the pool",
            Spoil.Limits(config => config with { Watermark = 0.5 }),
            nameof(AdmissionLaws.Whoever_is_first_and_fits_is_admitted)),
        new("a block holds one token more than it does",
            Spoil.Limits(config => config with { BlockSize = config.BlockSize + 1 }),
            nameof(BlockLaws.A_table_has_exactly_the_blocks_that_its_tokens_need),
            nameof(PlanLaws
                .The_plan_is_the_step_in_flight_with_the_next_number_and_the_block_size)),
        new("a row's blocks are counted for all tokens but one",
            Spoil.Plans(plan => plan with
            {
                BlockTables = [.. plan.BlockTables.Select(WithoutItsLast)],
            }),
            nameof(PlanLaws.The_block_table_covers_every_position_that_a_row_reads_or_writes)),
        new("the model is one token longer than it is",
            Spoil.Limits(config => config with { MaxModelLength = config.MaxModelLength + 1 }),
            nameof(RejectionLaws
                .A_request_is_rejected_exactly_when_something_stands_against_it)),
        new("the model is one token shorter than it is",
            Spoil.Limits(config => config with
            {
                MaxModelLength = Math.Max(2, config.MaxModelLength - 1),
            }),
            nameof(FinishLaws
                .A_request_left_alone_gets_its_whole_answer_and_the_reason_for_its_end),
            nameof(FinishLaws
                .A_request_ends_by_length_at_its_own_limit_the_models_or_the_pools)),
        new("max tokens is one more than was asked",
            Spoil.HearsStop(stop => stop with { MaxTokens = stop.MaxTokens + 1 }),
            nameof(FinishLaws.No_request_gets_more_tokens_than_it_may)),
        new("min tokens is forgotten",
            Spoil.HearsStop(stop => stop with { MinTokens = 0 }),
            nameof(FinishLaws.No_end_token_is_among_the_first_min_tokens)),
    ];

    private static BlockTable WithoutItsLast(BlockTable table) =>
        BlockTable.Empty.Append(table.Blocks[..^1]);
}
