using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>The columns of a plan as they grow, a row at a time.</summary>
internal sealed class PlanColumns(int capacity)
{
    private readonly ImmutableArray<SequenceId>.Builder _sequences =
        ImmutableArray.CreateBuilder<SequenceId>(capacity);

    private readonly ImmutableArray<int>.Builder _firstPositions =
        ImmutableArray.CreateBuilder<int>(capacity);

    private readonly ImmutableArray<int>.Builder _tokenCounts =
        ImmutableArray.CreateBuilder<int>(capacity);

    private readonly ImmutableArray<AppendLog<TokenId>>.Builder _tokenLogs =
        ImmutableArray.CreateBuilder<AppendLog<TokenId>>(capacity);

    private readonly ImmutableArray<int>.Builder _promptCounts =
        ImmutableArray.CreateBuilder<int>(capacity);

    private readonly ImmutableArray<BlockTable>.Builder _blockTables =
        ImmutableArray.CreateBuilder<BlockTable>(capacity);

    private readonly ImmutableArray<SamplingParams?>.Builder _samplings =
        ImmutableArray.CreateBuilder<SamplingParams?>(capacity);

    private readonly ImmutableArray<SampleRange>.Builder _draws =
        ImmutableArray.CreateBuilder<SampleRange>(capacity);

    private readonly ImmutableArray<ImmutableArray<TokenId>>.Builder _forbidden =
        ImmutableArray.CreateBuilder<ImmutableArray<TokenId>>(capacity);

    private readonly ImmutableArray<RequestId>.Builder _preempted =
        ImmutableArray.CreateBuilder<RequestId>();

    private readonly ImmutableArray<BlockCopy>.Builder _copies =
        ImmutableArray.CreateBuilder<BlockCopy>();

    private readonly ImmutableArray<BlockSwap>.Builder _swapOuts =
        ImmutableArray.CreateBuilder<BlockSwap>();

    private readonly ImmutableArray<BlockSwap>.Builder _swapIns =
        ImmutableArray.CreateBuilder<BlockSwap>();

    public int Rows => _sequences.Count;

    public int PreemptedCount => _preempted.Count;

    public void Copy(BlockCopy copy) => _copies.Add(copy);

    public void SwapOut(BlockId device, BlockId host) =>
        _swapOuts.Add(new BlockSwap(device, new HostBlockId(host.Value)));

    public void SwapIn(BlockId host, BlockId device) =>
        _swapIns.Add(new BlockSwap(device, new HostBlockId(host.Value)));

    public void Preempt(RequestId id) => _preempted.Add(id);

    public void Add(Sequence sequence, int tokens)
    {
        var samples = tokens == sequence.PendingTokens;
        _sequences.Add(sequence.Id);
        _firstPositions.Add(sequence.ComputedTokens);
        _tokenCounts.Add(tokens);
        _tokenLogs.Add(sequence.Tokens);
        _promptCounts.Add(sequence.Request.Prompt.Length);
        _blockTables.Add(sequence.Blocks);
        _samplings.Add(samples ? sequence.Request.Sampling : null);
        _draws.Add(samples ? new SampleRange(sequence.Sample, sequence.Draws) : default);
        _forbidden.Add(samples ? ForbiddenTo(sequence) : []);
    }

    public StepPlan Freeze(StepId id, int blockSize) =>
        new(
            id,
            blockSize,
            _sequences.DrainToImmutable(),
            _firstPositions.DrainToImmutable(),
            _tokenCounts.DrainToImmutable(),
            _tokenLogs.DrainToImmutable(),
            _promptCounts.DrainToImmutable(),
            _blockTables.DrainToImmutable(),
            _samplings.DrainToImmutable(),
            _draws.DrainToImmutable(),
            _forbidden.DrainToImmutable(),
            _preempted.DrainToImmutable())
        {
            Copies = _copies.DrainToImmutable(),
            SwapOuts = _swapOuts.DrainToImmutable(),
            SwapIns = _swapIns.DrainToImmutable(),
        };

    // As many tokens as the minimum come before the first that may be an end token.
    private static ImmutableArray<TokenId> ForbiddenTo(Sequence sequence) =>
        sequence.OutputTokens < sequence.Request.Stop.MinTokens
            ? sequence.Request.Stop.EndTokens
            : [];
}
