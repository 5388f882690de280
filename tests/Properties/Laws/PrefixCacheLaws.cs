using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>Full blocks are kept and shared. Source: SOSP '23, section 4.4.</summary>
public static class PrefixCacheLaws
{
    [Law]
    public static void A_newcomer_shares_only_blocks_that_hold_its_own_tokens_under_its_own_salt(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Admitted, newcomer =>
        {
            for (var index = 0; index * transition.Config.BlockSize < newcomer.ComputedTokens;
                index++)
            {
                var content = transition.After.Blocks.Content(newcomer.Blocks[index]);
                var tokens = (index + 1) * transition.Config.BlockSize;
                Assert.Equal(newcomer.Tokens.Span[..tokens].ToArray(), content.Text());
                Assert.Equal(newcomer.Request.CacheSalt, content?.Salt);
            }
        }));

    [Law]
    public static void Requests_of_different_salts_hold_no_block_together(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var holders = transition.After.Running
                .SelectMany(each => each.Blocks.Blocks.ToArray()
                    .Select(block => (block, Salt: each.Request.CacheSalt)))
                .GroupBy(pair => pair.block, pair => pair.Salt);
            Assert.All(holders, salts => Assert.Single(salts.Distinct()));
        });

    [Law]
    public static void A_newcomer_shares_all_of_its_beginning_that_is_cached_but_its_last_token(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Admitted, newcomer =>
        {
            Assert.InRange(newcomer.ComputedTokens, 0, newcomer.Tokens.Count - 1);
            var could = Shared.With(transition, newcomer);
            Assert.InRange(could.ComputedTokens, 0, newcomer.ComputedTokens);
        }));

    [Law]
    public static void Nobody_computes_a_block_that_somebody_else_is_about_to_fill(
        Transitions transitions) =>
        transitions.EachPlanned((transition, _) => Assert.All(transition.Admitted, newcomer =>
        {
            var others = transition.After.Running.TakeWhile(each => each.Id != newcomer.Id);
            Assert.False(
                Shared.IsDue(transition, newcomer, others), $"{newcomer.Id} repeats work");
        }));

    [Law]
    public static void A_cached_block_is_given_up_only_when_no_other_is_free(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var (before, after) = (transition.Before.Blocks, transition.After.Blocks);
            var given = Ids(before).Where(id => before.Content(id) is { } content
                && !ReferenceEquals(content, after.Content(id)));
            if (transition.Preempted.IsEmpty && given.Any())
                Assert.Equal(after.CachedCount, after.FreeCount);
        });

    // Two queues: what was in one, then what came back, is what was taken, then what is in it now.
    [Law]
    public static void Free_blocks_are_taken_in_the_order_in_which_they_became_free(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var (before, after) = (transition.Before.Blocks, transition.After.Blocks);
            var decides = transition.Planned is null ? after : before;
            bool Caches(BlockId block) => decides.Content(block) is not null;
            var released = Released(transition);
            var hits = transition.Admitted.SelectMany(newcomer => newcomer.Blocks.Blocks[
                ..(newcomer.ComputedTokens / transition.Config.BlockSize)].ToArray()).ToList();
            var taken = Taken(transition);
            var cached = Queue(before).Where(block => before.Content(block) is not null).ToList();
            var uncached = Queue(before).Except(cached);
            Assert.Equal(
                uncached.Concat(released.Where(block => !Caches(block))),
                taken.Where(block => !Caches(block))
                    .Concat(Queue(after).Where(block => after.Content(block) is null)));
            Assert.Equal(
                cached.Except(hits).Concat(released.Where(Caches)),
                taken.Where(Caches)
                    .Concat(Queue(after).Where(block => after.Content(block) is not null)));
        });

    [Law]
    public static void Without_prefix_caching_nothing_is_kept_or_shared_with_other_requests(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            if (transition.Config.PrefixCaching)
                return;
            Assert.All(Ids(transition.After.Blocks), block =>
                Assert.Null(transition.After.Blocks.Content(block)));
            var holders = transition.After.Running
                .SelectMany(each => each.Blocks.Blocks.ToArray()
                    .Select(block => (block, each.Request.Id)))
                .GroupBy(pair => pair.block, pair => pair.Id);
            Assert.All(holders, requests => Assert.Single(requests.Distinct()));
        });

    [Law]
    public static void The_index_finds_every_block_that_caches_something(
        Transitions transitions) =>
        transitions.Each(transition =>
        {
            var pool = transition.After.Blocks;
            Assert.All(Ids(pool), block =>
            {
                if (pool.Content(block) is { } content)
                    Assert.Equal(
                        block,
                        pool.Find(content.Before, content.Salt, content.Tokens.AsSpan()));
            });
        });

    // Those that gave up their blocks, in order; of each the last block first.
    private static List<BlockId> Released(Transition transition)
    {
        var left = transition.Planned is null
            ? transition.Ended.Where(sequence => sequence.Blocks.Count > 0)
            : transition.Preempted;
        var counts = Ids(transition.Before.Blocks)
            .ToDictionary(block => block, transition.Before.Blocks.ReferenceCount);
        return
        [
            .. left.SelectMany(each => each.Blocks.Blocks.ToArray().Reverse())
                .Where(block => --counts[block] == 0)
                .Where(block => transition.Planned is not null
                    || transition.After.Blocks.ReferenceCount(block) == 0),
        ];
    }

    // Copies and new blocks, row by row; of those that come back from the host all that they
    // left there first.
    private static List<BlockId> Taken(Transition transition)
    {
        if (transition.Planned is not { } plan)
            return [];
        var arrived = new Queue<BlockId>(plan.SwapIns.Select(swap => swap.Device));
        var loaded = new HashSet<RequestId>();
        var taken = new List<BlockId>();
        foreach (var sequence in transition.After.Running)
        {
            var before = transition.Before.Unfinished().Single(each => each.Id == sequence.Id);
            if (before.IsSwapped && loaded.Add(sequence.Request.Id))
            {
                var hosted = transition.Returned
                    .Where(each => each.Request.Id == sequence.Request.Id)
                    .SelectMany(each =>
                        transition.Before.Waiting[each.Id].HostBlocks.Blocks.ToArray());
                taken.AddRange(hosted.Distinct().Select(_ => arrived.Dequeue()));
            }

            var had = before.IsSwapped ? before.HostBlocks.Count
                : before.Blocks.Count > 0 ? before.Blocks.Count
                : sequence.ComputedTokens / transition.Config.BlockSize;
            var copied = had > 0
                && plan.Copies.Any(copy => copy.To == sequence.Blocks[had - 1]);
            taken.AddRange(sequence.Blocks.Blocks[(copied ? had - 1 : had)..]);
        }

        return taken;
    }

    private static IEnumerable<BlockId> Ids(BlockPool pool) =>
        Enumerable.Range(0, pool.TotalCount).Select(id => new BlockId(id));

    // A corrupted queue may run in circles.
    private static List<BlockId> Queue(BlockPool pool) =>
        [.. pool.FreeQueue().Take(pool.TotalCount + 1)];
}
