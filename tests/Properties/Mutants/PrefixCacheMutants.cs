using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using SkPaged.Properties.Laws;
using SkPaged.Properties.Memory;
using SkPaged.Properties.Model;

namespace SkPaged.Properties.Mutants;

/// <summary>Bugs about what is shared.</summary>
internal static class PrefixCacheMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("the salt does not matter",
            Spoil.Hides(
                (_, state) => WithWaiting(state, waiting => waiting with
                {
                    Request = waiting.Request with { CacheSalt = null },
                }),
                (before, after) => Restored(before, after, (was, now) => now with
                {
                    Request = was.Request,
                })),
            nameof(PrefixCacheLaws.Requests_of_different_salts_hold_no_block_together),
            nameof(PrefixCacheLaws
                .A_newcomer_shares_only_blocks_that_hold_its_own_tokens_under_its_own_salt)),
        new("a hit looks at the last token of a block only",
            (config, state, evt) => evt is Event.StepWanted && Forged(config, state) is { } forged
                ? Scheduler.Step(config, forged, evt)
                : Scheduler.Step(config, state, evt),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence)),
        new("a block that a newcomer hits is evicted for that newcomer",
            Spoil.Plans(WithHitEvicted),
            nameof(MemoryLaws.Every_row_reads_back_exactly_the_tokens_of_its_sequence),
            nameof(PrefixCacheLaws
                .A_newcomer_shares_only_blocks_that_hold_its_own_tokens_under_its_own_salt),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("nothing is ever found in the cache",
            (config, state, evt) => Scheduler.Step(
                evt is Event.StepWanted ? config with { PrefixCaching = false } : config,
                state,
                evt),
            nameof(PrefixCacheLaws
                .A_newcomer_shares_all_of_its_beginning_that_is_cached_but_its_last_token),
            nameof(PrefixCacheLaws.Nobody_computes_a_block_that_somebody_else_is_about_to_fill),
            nameof(ModelLaws.The_naive_engine_makes_the_same_decisions)),
        new("a block is forgotten while others are free",
            Spoil.Leaves(step => step.Event is Event.StepWanted
                && step.After.Blocks.FreeCount > step.After.Blocks.CachedCount
                ? step.After with
                {
                    Blocks = step.After.Blocks.Spoilt((_, queue, contents) =>
                        contents[queue[^1]] = null),
                }
                : step.After),
            nameof(PrefixCacheLaws.A_cached_block_is_given_up_only_when_no_other_is_free)),
        new("the switch does nothing",
            Spoil.Limits(config => config with { PrefixCaching = true }),
            nameof(PrefixCacheLaws
                .Without_prefix_caching_nothing_is_kept_or_shared_with_other_requests)),
        new("a block stays known for what it held before",
            Spoil.Leaves(step => step.Event is Event.StepWanted
                ? step.After with { Blocks = Stale(step) }
                : step.After),
            nameof(PrefixCacheLaws.The_index_finds_every_block_that_caches_something)),
    ];

    private static SchedulerState WithWaiting(
        SchedulerState state, Func<Sequence, Sequence> other) =>
        state.Waiting.IsEmpty
            ? state
            : state with
            {
                Waiting = state.Waiting.SetItems(state.Waiting.Select(pair =>
                    KeyValuePair.Create(pair.Key, other(pair.Value)))),
            };

    private static SchedulerState Restored(
        SchedulerState before, SchedulerState after, Func<Sequence, Sequence, Sequence> restore) =>
        after with
        {
            Waiting = after.Waiting.SetItems(after.Waiting
                .Where(pair => before.Waiting.ContainsKey(pair.Key))
                .Select(pair => KeyValuePair.Create(
                    pair.Key, restore(before.Waiting[pair.Key], pair.Value)))),
            Running =
            [
                .. after.Running.Select(now => before.Waiting.TryGetValue(now.Id, out var was)
                    ? restore(was, now)
                    : now),
            ],
        };

    // Some cached first block passes for the first block of the next in line.
    private static SchedulerState? Forged(SchedulerConfig config, SchedulerState state)
    {
        if (state.InFlight is not null || state.Waiting.IsEmpty)
            return null;
        var next = state.Waiting.First().Value;
        var block = Enumerable.Range(0, config.BlocksTotal)
            .Where(id => state.Blocks.Content(new BlockId(id)) is { Depth: 1 })
            .Select(id => (int?)id)
            .FirstOrDefault();
        if (block is not { } id || next.Tokens.Count <= config.BlockSize)
            return null;
        var tokens = next.Tokens.Span[..config.BlockSize];
        if (state.Blocks.Find(null, next.Request.CacheSalt, tokens) is not null)
            return null;
        var salt = next.Request.CacheSalt;
        var content = new BlockContent(
            null, salt, [.. tokens], BlockHash.After(null, salt, tokens));
        return state with
        {
            Blocks = state.Blocks.Spoilt((_, _, contents) => contents[id] = content),
        };
    }

    // The hits stay in the free queue until the newcomer's other blocks are taken from there: the
    // first of them that stands before a cached block which was taken is taken in its stead.
    private static (SchedulerState, StepPlan) WithHitEvicted(Transition step, StepPlan plan)
    {
        var queue = step.Before.Blocks.FreeQueue().ToList();
        var taken =
            from newcomer in step.Admitted
            let hits = newcomer.ComputedTokens / step.Config.BlockSize
            from hit in newcomer.Blocks.Blocks[..hits].ToArray().Where(queue.Contains)
            from fresh in newcomer.Blocks.Blocks[hits..].ToArray()
            where step.Before.Blocks.Content(fresh) is not null
                && queue.IndexOf(hit) < queue.IndexOf(fresh)
            orderby queue.IndexOf(hit)
            select (newcomer, hit, fresh);
        if (taken.FirstOrDefault() is not (newcomer: { } sequence, var evicted, var spared))
            return (step.After, plan);
        var table = BlockTable.Empty.Append(
        [
            .. sequence.Blocks.Blocks.ToArray()
                .Select(block => block == spared ? evicted : block),
        ]);
        var after = step.After with
        {
            Running = step.After.Running.Replace(sequence, sequence with { Blocks = table }),
            Blocks = step.After.Blocks.Spoilt((counts, free, contents) =>
            {
                counts[evicted.Value]++;
                counts[spared.Value]--;
                contents[evicted.Value] = null;
                contents[spared.Value] = step.Before.Blocks.Content(spared);
                free.Insert(0, spared.Value);
            }),
        };
        var row = plan.Sequences.IndexOf(sequence.Id);
        return (after, plan with { BlockTables = plan.BlockTables.SetItem(row, table) });
    }

    // A content whose hash leads to another bucket.
    private static BlockPool Stale(Transition step) =>
        step.After.Blocks.Spoilt((_, _, contents) =>
        {
            var id = Array.FindIndex(contents, content => content is not null);
            if (id >= 0)
                contents[id] = Elsewhere(contents[id]!);
        });

    private static BlockContent Elsewhere(BlockContent content) =>
        content with { Hash = new BlockHash(~content.Hash.Value) };
}
