using LanguageExt;

namespace SkPaged.Engine.Pure;

/// <summary>A law that a state breaks.</summary>
/// <param name="Law">The law's name, as the specification has it.</param>
/// <param name="Detail">What was found, with the ids and the numbers.</param>
public sealed record Violation(string Law, string Detail);

/// <summary>
/// What holds in every state that <see cref="Scheduler.Step"/> can reach. Costs time that grows
/// with the pool: for tests, debug builds and idle moments.
/// </summary>
public static class Invariants
{
    /// <summary>Every law that <paramref name="state"/> breaks; empty when all hold.</summary>
    public static Seq<Violation> Check(SchedulerConfig config, SchedulerState state) =>
        Prelude.toSeq<Violation>(
        [
            .. Conservation("", state.Blocks),
            .. Conservation("host ", state.HostBlocks),
            .. ReferenceCounts("", state.Blocks, state.Running, each => each.Blocks),
            .. ReferenceCounts(
                "host ", state.HostBlocks, state.Waiting.Values, each => each.HostBlocks),
            .. TableLengths(config, state),
            .. SharedBlocks(config, state),
            .. UnfilledBlocks(config, state),
            .. PrefixIndex(config, state),
            .. WaitingHoldNothing(config, state),
            .. PolicyInvariants.Check(config, state),
            .. Limits(config, state),
            .. Progress(config, state),
            .. UnfinishedAgrees(state),
            .. InFlight(config, state.InFlight),
            .. InFlight(config, state.Ahead),
            .. Ahead(config, state),
        ]);

    // Free + live = all, and the free queue is exactly the blocks that nobody holds.
    private static IEnumerable<Violation> Conservation(string where, BlockPool pool)
    {
        const string law = "conservation";
        var queue = pool.FreeQueue().Take(pool.TotalCount + 1).ToList();
        if (queue.Count != pool.FreeCount)
            yield return new(
                law, $"{queue.Count} {where}blocks queue, {pool.FreeCount} are free");
        if (queue.Distinct().Count() != queue.Count)
            yield return new(law, $"a {where}block stands in the free queue twice");
        foreach (var block in queue.Where(block => pool.ReferenceCount(block) != 0))
            yield return new(law, $"{where}{block} is free and held");
        var held = All(pool).Count(block => pool.ReferenceCount(block) > 0);
        if (held + pool.FreeCount != pool.TotalCount)
            yield return new(law,
                $"{held} held + {pool.FreeCount} free is not {pool.TotalCount}");
    }

    private static IEnumerable<Violation> ReferenceCounts(
        string where,
        BlockPool pool,
        IEnumerable<Sequence> sequences,
        Func<Sequence, BlockTable> table)
    {
        var held = sequences
            .SelectMany(sequence => table(sequence).Blocks.ToArray())
            .CountBy(block => block)
            .ToDictionary();
        return All(pool)
            .Where(block => pool.ReferenceCount(block) != held.GetValueOrDefault(block))
            .Select(block => new Violation(
                "reference count = tables that hold the block",
                $"{where}{block} counts {pool.ReferenceCount(block)}, "
                + $"{held.GetValueOrDefault(block)} tables hold it"));
    }

    private static IEnumerable<Violation> TableLengths(
        SchedulerConfig config, SchedulerState state)
    {
        var inFlight = TokensInFlight(state);
        return state.Running
            .Select(sequence => (
                sequence,
                expected: BlockTable.BlocksFor(
                    sequence.ComputedTokens + inFlight.GetValueOrDefault(sequence.Id),
                    config.BlockSize)))
            .Where(pair => pair.sequence.Blocks.Count != pair.expected)
            .Select(pair => new Violation(
                "table length = ceil(tokens in cache / block size)",
                $"{pair.sequence.Id} holds {pair.sequence.Blocks.Count} blocks, "
                + $"needs {pair.expected}"));
    }

    // Who has a row writes; no block that it writes to is in another table.
    private static IEnumerable<Violation> SharedBlocks(
        SchedulerConfig config, SchedulerState state)
    {
        var inFlight = TokensInFlight(state);
        return
            from sequence in state.Running
            where inFlight.ContainsKey(sequence.Id)
            from index in Enumerable.Range(0, sequence.Blocks.Count)
            let block = sequence.Blocks[index]
            where state.Blocks.ReferenceCount(block) > 1
                && (index + 1) * config.BlockSize > sequence.ComputedTokens
            select new Violation(
                "no write to a block with more than one reference",
                $"{sequence.Id} writes to {block}, "
                + $"which {state.Blocks.ReferenceCount(block)} hold");
    }

    // Requests share full blocks; an unfilled one is shared by the samples of one request only.
    private static IEnumerable<Violation> UnfilledBlocks(
        SchedulerConfig config, SchedulerState state) =>
        state.Running
            .Where(sequence => sequence.ComputedTokens % config.BlockSize != 0)
            .GroupBy(sequence => sequence.Blocks[sequence.ComputedTokens / config.BlockSize])
            .Where(holders => holders.DistinctBy(each => each.Request.Id).Count() > 1
                || state.Blocks.ReferenceCount(holders.Key) != holders.Count())
            .Select(holders => new Violation(
                "an unfilled block is one request's", $"{holders.Key} is shared"));

    // The index leads to every block that caches something, and each running sequence knows what
    // its full blocks hold.
    private static IEnumerable<Violation> PrefixIndex(
        SchedulerConfig config, SchedulerState state)
    {
        const string law = "the prefix index finds exactly what is cached";
        var pool = state.Blocks;
        foreach (var block in All(pool))
        {
            if (pool.Content(block) is { } content
                && pool.Find(content.Before, content.Salt, content.Tokens.AsSpan()) != block)
                yield return new(law, $"{block} is not found by what it holds");
        }

        var cached = pool.FreeQueue().Take(pool.TotalCount + 1)
            .Count(block => pool.Content(block) is not null);
        if (cached != pool.CachedCount)
            yield return new(law, $"{cached} free blocks cache, {pool.CachedCount} are counted");
        var arriving = Steps(state)
            .SelectMany(plan => plan.SwapIns)
            .Select(swap => swap.Device)
            .ToHashSet();
        foreach (var sequence in state.Running.Where(_ => config.PrefixCaching))
        {
            if (sequence.Blocks.Blocks.ToArray().Any(arriving.Contains))
                continue;
            if ((sequence.Content?.Depth ?? 0) != sequence.ComputedTokens / config.BlockSize)
                yield return new(law, $"{sequence.Id} has blocks that it did not register");
            for (var own = sequence.Content; own is not null; own = own.Before)
            {
                var index = own.Depth - 1;
                var tokens = sequence.Tokens.Span.Slice(
                    index * config.BlockSize, config.BlockSize);
                if (!own.Is(own.Before, sequence.Request.CacheSalt, tokens)
                    || pool.Content(sequence.Blocks[index]) is { } held && !held.Equals(own))
                    yield return new(
                        law, $"{sequence.Blocks[index]} does not hold what {sequence.Id} needs");
            }
        }
    }

    // On the device nothing; in the host's memory all that is computed, or nothing.
    private static IEnumerable<Violation> WaitingHoldNothing(
        SchedulerConfig config, SchedulerState state) =>
        state.Waiting.Values
            .Where(sequence => sequence.Blocks.Count != 0
                || sequence.HostBlocks.Count
                    != BlockTable.BlocksFor(sequence.ComputedTokens, config.BlockSize))
            .Select(sequence => new Violation(
                "who waits holds nothing", $"{sequence.Id} holds {sequence.Blocks.Count} blocks"))
            .Concat(state.Running
                .Where(sequence => sequence.IsSwapped)
                .Select(sequence => new Violation(
                    "who runs holds nothing of the host's",
                    $"{sequence.Id} holds {sequence.HostBlocks.Count} host blocks")));

    private static IEnumerable<Violation> Limits(SchedulerConfig config, SchedulerState state)
    {
        var width = state.Running.Sum(sequence => sequence.Width);
        if (width > config.MaxSequences)
            yield return new("sequence limit", $"{width} run, {config.MaxSequences} may");
        if (state.Unfinished.Count > (long)config.MaxWaiting + config.MaxSequences)
            yield return new("queue limit", $"{state.Unfinished.Count} are unfinished");
    }

    private static IEnumerable<Violation> Progress(SchedulerConfig config, SchedulerState state) =>
        state.Running.Concat(state.Waiting.Values)
            .Where(sequence => sequence.PendingTokens < 1
                || sequence.OutputTokens < 0
                || sequence.OutputTokens >= sequence.Request.Stop.MaxTokens
                || sequence.Tokens.Count >= config.MaxServableLength)
            .Select(sequence => new Violation(
                "an unfinished sequence has a token to compute and room for another",
                $"{sequence.Id}: {sequence.ComputedTokens} of {sequence.Tokens.Count} computed"));

    private static IEnumerable<Violation> UnfinishedAgrees(SchedulerState state)
    {
        const string law = "the index holds exactly the unfinished";
        var groups = state.Running.Concat(state.Waiting.Values)
            .GroupBy(sequence => sequence.Request.Id)
            .ToList();
        if (groups.Count != state.Unfinished.Count)
            yield return new(law, $"{state.Unfinished.Count} indexed, {groups.Count} exist");
        foreach (var group in groups)
        {
            if (state.Unfinished.Find(group.Key).Case is not Ongoing ongoing)
                yield return new(law, $"{group.Key} is not indexed");
            else if (ongoing.Living != group.Sum(sequence => sequence.Width)
                || group.Any(sequence =>
                    sequence.Id.Value != ongoing.First.Value + sequence.Sample
                    || !ongoing.Has(sequence.Id)))
                yield return new(law, $"{group.Key} does not lead to its samples");
        }
    }

    private static IEnumerable<Violation> InFlight(SchedulerConfig config, StepPlan? plan)
    {
        if (plan is null)
            yield break;
        if (plan.TokensTotal > config.MaxBatchedTokens || plan.TokensTotal < 1)
            yield return new("token budget",
                $"{plan.TokensTotal} tokens planned of {config.MaxBatchedTokens}");
        if (plan.Rows > config.MaxSequences)
            yield return new("sequence limit", $"{plan.Rows} rows of {config.MaxSequences}");
        if (plan.TokenCounts.Any(tokens => tokens < 1))
            yield return new("token budget", "a row without tokens");
        if (!plan.SwapOuts.IsEmpty && !plan.SwapIns.IsEmpty)
            yield return new("never out and in in one step", $"{plan.Id} swaps both ways");
    }

    private static IEnumerable<Violation> Ahead(SchedulerConfig config, SchedulerState state)
    {
        const string law = "a step ahead follows the one in flight and takes nothing from anybody";
        if (state.Running.Concat(state.Waiting.Values).Any(sequence => sequence.Awaits is not null))
            yield return new(law, "a sequence in a state awaits a token");
        if (state.Ahead is not { } plan)
            yield break;
        if (!config.LookAhead || state.InFlight is not { } before
            || before.Id.Value + 1 != plan.Id.Value)
            yield return new(law, $"{plan.Id} is ahead of {state.InFlight?.Id}");
        if (!plan.Preempted.IsEmpty || !plan.SwapOuts.IsEmpty)
            yield return new(law, $"{plan.Id} takes blocks");
    }

    private static IEnumerable<StepPlan> Steps(SchedulerState state) =>
        new[] { state.InFlight, state.Ahead }.OfType<StepPlan>();

    private static Dictionary<SequenceId, int> TokensInFlight(SchedulerState state) =>
        Steps(state)
            .SelectMany(plan => plan.Sequences.Zip(plan.TokenCounts, (id, tokens) => (id, tokens)))
            .GroupBy(row => row.id, row => row.tokens)
            .ToDictionary(rows => rows.Key, rows => rows.Sum());

    private static IEnumerable<BlockId> All(BlockPool pool) =>
        Enumerable.Range(0, pool.TotalCount).Select(id => new BlockId(id));
}
