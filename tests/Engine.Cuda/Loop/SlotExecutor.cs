using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// An executor whose KV cache holds the tokens themselves: a step writes its tokens to the slots
/// that the plan gives, and draws from what the block tables read back. A block that two sequences
/// write shows as wrong tokens.
/// </summary>
internal sealed class SlotExecutor(SchedulerConfig config) : IStepExecutor
{
    private readonly TokenId[] _slots = new TokenId[config.BlocksTotal * config.BlockSize];
    private readonly TokenId[] _host = new TokenId[config.HostBlocksTotal * config.BlockSize];
    private ImmutableArray<SampledToken> _before = [];
    private int _disposals;

    /// <summary>Runs before a step, on the loop's thread: to wait, fail or look.</summary>
    public Action<StepPlan>? Before { get; init; }

    /// <summary>Times it was disposed.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    public StepResult Execute(StepPlan plan)
    {
        var before = _before;
        _before = [];
        Before?.Invoke(plan);
        var samples = ImmutableArray.CreateBuilder<SampledToken>();
        Move(plan);
        for (var row = 0; row < plan.Rows; row++)
            Write(plan, row, before);
        for (var row = 0; row < plan.Rows; row++)
        {
            if (plan.Samplings[row] is { Seed: { } seed } sampling)
                Draw(plan, row, seed, sampling.Logprobs, samples);
        }

        _before = samples.ToImmutable();
        return new StepResult(plan.Id, _before);
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private void Move(StepPlan plan)
    {
        foreach (var (device, host) in plan.SwapOuts)
            Block(_slots, device.Value).CopyTo(Block(_host, host.Value));
        foreach (var (device, host) in plan.SwapIns)
            Block(_host, host.Value).CopyTo(Block(_slots, device.Value));
        foreach (var (from, to) in plan.Copies)
            Block(_slots, from.Value).CopyTo(Block(_slots, to.Value));
    }

    private void Draw(
        StepPlan plan, int row, ulong seed, int? logprobs,
        ImmutableArray<SampledToken>.Builder samples)
    {
        var content = Read(plan, row);
        var (first, count) = plan.Draws[row];
        for (var sample = first; sample < first + count; sample++)
        {
            var token = Continuation.Next(content, Continuation.SeedOf(seed, sample));
            samples.Add(logprobs switch
            {
                null => new SampledToken(token),
                0 => new SampledToken(token, Continuation.Logprob(token)),
                { } top => new SampledToken(
                    token, Continuation.Logprob(token), Continuation.Likeliest(token, top)),
            });
        }
    }

    private Span<TokenId> Block(TokenId[] pool, int block) =>
        pool.AsSpan(block * config.BlockSize, config.BlockSize);

    // A token that is awaited is of the step before; none where that failed: then nobody asks.
    private void Write(StepPlan plan, int row, ImmutableArray<SampledToken> before)
    {
        var position = plan.FirstPositions[row];
        if (plan.Awaits(row))
            _slots[Slot(plan.BlockTables[row], position)] =
                before.ElementAtOrDefault(plan.Awaited[row]).Token;
        foreach (var token in plan.Tokens(row))
            _slots[Slot(plan.BlockTables[row], position++)] = token;
    }

    private TokenId[] Read(StepPlan plan, int row)
    {
        var content = new TokenId[plan.FirstPositions[row] + plan.TokenCounts[row]];
        for (var position = 0; position < content.Length; position++)
            content[position] = _slots[Slot(plan.BlockTables[row], position)];
        return content;
    }

    private int Slot(BlockTable table, int position) =>
        table[position / config.BlockSize].Value * config.BlockSize + position % config.BlockSize;
}
