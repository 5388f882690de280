using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The columns of a plan of known length: none grows, and each leaves its builder without a copy.
/// </summary>
internal sealed class PlanColumns(int rows, bool isAhead)
{
    private readonly bool _isAhead = isAhead;

    private readonly ImmutableArray<SequenceId>.Builder _sequences =
        ImmutableArray.CreateBuilder<SequenceId>(rows);

    private readonly ImmutableArray<int>.Builder _firstPositions =
        ImmutableArray.CreateBuilder<int>(rows);

    private readonly ImmutableArray<int>.Builder _tokenCounts =
        ImmutableArray.CreateBuilder<int>(rows);

    private readonly ImmutableArray<AppendLog<TokenId>>.Builder _tokenLogs =
        ImmutableArray.CreateBuilder<AppendLog<TokenId>>(rows);

    private readonly ImmutableArray<int>.Builder _promptCounts =
        ImmutableArray.CreateBuilder<int>(rows);

    private readonly ImmutableArray<BlockTable>.Builder _blockTables =
        ImmutableArray.CreateBuilder<BlockTable>(rows);

    private readonly ImmutableArray<SamplingParams?>.Builder _samplings =
        ImmutableArray.CreateBuilder<SamplingParams?>(rows);

    private readonly ImmutableArray<SampleRange>.Builder _draws =
        ImmutableArray.CreateBuilder<SampleRange>(rows);

    private readonly ImmutableArray<ImmutableArray<TokenId>>.Builder _forbidden =
        ImmutableArray.CreateBuilder<ImmutableArray<TokenId>>(rows);

    private readonly ImmutableArray<int>.Builder _awaited =
        ImmutableArray.CreateBuilder<int>(isAhead ? rows : 0);

    public void Add(Sequence sequence, int tokens)
    {
        var samples = tokens == sequence.PendingTokens;
        _sequences.Add(sequence.Id);
        _firstPositions.Add(sequence.ComputedTokens);
        _tokenCounts.Add(tokens);
        _tokenLogs.Add(sequence.Tokens);
        _promptCounts.Add(sequence.PromptTokens);
        _blockTables.Add(sequence.Blocks);
        _samplings.Add(samples ? sequence.Sampling : null);
        _draws.Add(samples ? new SampleRange(sequence.Sample, sequence.Draws) : default);
        _forbidden.Add(samples ? ForbiddenTo(sequence) : []);
        if (_isAhead)
            _awaited.Add(sequence.Awaits ?? StepPlan.None);
    }

    public StepPlan Freeze(StepId id, int blockSize, PlanMoves moves) =>
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
            moves.Preempted.DrainToImmutable())
        {
            Awaited = _awaited.DrainToImmutable(),
            Copies = moves.Copies.DrainToImmutable(),
            SwapOuts = moves.SwapOuts.DrainToImmutable(),
            SwapIns = moves.SwapIns.DrainToImmutable(),
        };

    // As many tokens as the minimum come before the first that may be an end token.
    private static ImmutableArray<TokenId> ForbiddenTo(Sequence sequence) =>
        sequence.IsTooShort
            ? sequence.Request.Stop.EndTokens
            : [];
}
