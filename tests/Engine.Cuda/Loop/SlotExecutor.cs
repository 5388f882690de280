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
    private int _disposals;

    /// <summary>Runs before a step, on the loop's thread: to wait, fail or look.</summary>
    public Action<StepPlan>? Before { get; init; }

    /// <summary>Times it was disposed.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    public StepResult Execute(StepPlan plan)
    {
        Before?.Invoke(plan);
        var samples = ImmutableArray.CreateBuilder<SampledToken>();
        for (var row = 0; row < plan.Rows; row++)
            Write(plan, row);
        for (var row = 0; row < plan.Rows; row++)
        {
            if (plan.Samplings[row]?.Seed is { } seed)
                samples.Add(new SampledToken(Continuation.Next(Read(plan, row), seed)));
        }

        return new StepResult(plan.Id, samples.ToImmutable());
    }

    public void Dispose() => Interlocked.Increment(ref _disposals);

    private void Write(StepPlan plan, int row)
    {
        var position = plan.FirstPositions[row];
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
