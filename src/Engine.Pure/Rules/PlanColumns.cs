using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace SkPaged.Engine.Pure;

/// <summary>
/// The columns of a plan of known length: none grows, and each leaves its builder without a copy.
/// </summary>
internal ref struct PlanColumns(int rows, bool isAhead)
{
    private readonly SequenceId[] _sequences = new SequenceId[rows];
    private readonly int[] _firstPositions = new int[rows];
    private readonly AppendLog<TokenId>[] _tokenLogs = new AppendLog<TokenId>[rows];
    private readonly int[] _promptCounts = new int[rows];
    private readonly BlockTable[] _blockTables = new BlockTable[rows];
    private readonly SamplingParams?[] _samplings = new SamplingParams?[rows];
    private readonly SampleRange[] _draws = new SampleRange[rows];
    private readonly ImmutableArray<TokenId>[] _forbidden = new ImmutableArray<TokenId>[rows];
    private readonly int[] _awaited = isAhead ? new int[rows] : [];
    private int _row;

    public void Add(Sequence sequence, int tokens)
    {
        var samples = tokens == sequence.PendingTokens;
        var row = _row++;
        _sequences[row] = sequence.Id;
        _firstPositions[row] = sequence.ComputedTokens;
        _tokenLogs[row] = sequence.Tokens;
        _promptCounts[row] = sequence.PromptTokens;
        _blockTables[row] = sequence.Blocks;
        _samplings[row] = samples ? sequence.Sampling : null;
        _draws[row] = samples ? new SampleRange(sequence.Sample, sequence.Draws) : default;
        _forbidden[row] = samples ? ForbiddenTo(sequence) : [];
        if (isAhead)
            _awaited[row] = sequence.Awaits ?? StepPlan.None;
    }

    /// <summary>The plan, once all rows are there.</summary>
    /// <param name="id">The step.</param>
    /// <param name="blockSize">Tokens a block holds.</param>
    /// <param name="tokenCounts">Of each row its tokens.</param>
    /// <param name="moves">What happens before the rows run.</param>
    public readonly StepPlan Freeze(
        StepId id, int blockSize, ImmutableArray<int> tokenCounts, PlanMoves moves) =>
        new(
            id,
            blockSize,
            Column(_sequences),
            Column(_firstPositions),
            tokenCounts,
            Column(_tokenLogs),
            Column(_promptCounts),
            Column(_blockTables),
            Column(_samplings),
            Column(_draws),
            Column(_forbidden),
            moves.Preempted.DrainToImmutable())
        {
            Awaited = Column(_awaited),
            Copies = moves.Copies.DrainToImmutable(),
            SwapOuts = moves.SwapOuts.DrainToImmutable(),
            SwapIns = moves.SwapIns.DrainToImmutable(),
        };

    // Nothing writes to it any more.
    private static ImmutableArray<T> Column<T>(T[] values) =>
        ImmutableCollectionsMarshal.AsImmutableArray(values);

    // As many tokens as the minimum come before the first that may be an end token.
    private static ImmutableArray<TokenId> ForbiddenTo(Sequence sequence) =>
        sequence.IsTooShort
            ? sequence.Request.Stop.EndTokens
            : [];
}
