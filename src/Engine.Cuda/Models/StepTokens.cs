using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// A plan's tokens as columns, one entry a token, rows one after the other. Reused from step to
/// step. Checks the plan as it reads: kernels trust these numbers with memory.
/// </summary>
/// <param name="vocabularySize">Tokens that there are.</param>
/// <param name="blocksTotal">Blocks of the cache.</param>
/// <param name="positionsMax">Positions that a sequence may have.</param>
/// <param name="awaitedMax">Samples of the step before that may be awaited.</param>
internal sealed class StepTokens(
    int vocabularySize, int blocksTotal, int positionsMax, int awaitedMax = 0)
{
    private int[] _ids = [];
    private int[] _positions = [];
    private int[] _rows = [];
    private int[] _firsts = [];
    private int[] _sampled = [];

    /// <summary>Tokens of the plan.</summary>
    public int Count { get; private set; }

    /// <summary>Rows that sample.</summary>
    public int SampledCount { get; private set; }

    /// <summary>
    /// The tokens themselves; -1 - i is sample i of the step before.
    /// </summary>
    public ReadOnlySpan<int> Ids => _ids.AsSpan(0, Count);

    /// <summary>A token's position in its sequence.</summary>
    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    /// <summary>A token's row.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    /// <summary>For each row, where its first token is here.</summary>
    public ReadOnlySpan<int> Firsts => _firsts;

    /// <summary>For each row that samples, where its last token is here.</summary>
    public ReadOnlySpan<int> Sampled => _sampled.AsSpan(0, SampledCount);

    public void Read(StepPlan plan)
    {
        Reserve(plan.TokensTotal, plan.Rows);
        (Count, SampledCount) = (0, 0);
        for (var row = 0; row < plan.Rows; row++)
        {
            CheckTable(plan, row);
            CheckDraws(plan, row);
            _firsts[row] = Count;
            var position = plan.FirstPositions[row];
            if (plan.Awaits(row))
                AddAwaited(plan, row);
            foreach (var token in plan.Tokens(row))
                Add(token, position++, row);
            if (plan.Samples(row))
                _sampled[SampledCount++] = Count - 1;
        }
    }

    private void Add(TokenId token, int position, int row)
    {
        if ((uint)token.Value >= (uint)vocabularySize)
            throw new ArgumentException($"{token} is outside the vocabulary of {vocabularySize}.");
        _ids[Count] = token.Value;
        _positions[Count] = position;
        _rows[Count++] = row;
    }

    private void AddAwaited(StepPlan plan, int row)
    {
        var awaited = plan.Awaited[row];
        if ((uint)awaited >= (uint)awaitedMax || plan.TokenCounts[row] != 1)
            throw new ArgumentException(
                $"{plan.Sequences[row]} awaits sample {awaited} for {plan.TokenCounts[row]} tokens;"
                + $" the executor keeps {awaitedMax} samples, each for one token.");
        _ids[Count] = -1 - awaited;
        _positions[Count] = plan.FirstPositions[row];
        _rows[Count++] = row;
    }

    private void CheckTable(StepPlan plan, int row)
    {
        var length = plan.FirstPositions[row] + plan.TokenCounts[row];
        var table = plan.BlockTables[row];
        if (length > positionsMax)
            throw new ArgumentException(
                $"{plan.Sequences[row]} has {length} tokens; the model takes {positionsMax}.");
        if (table.Count < BlockTable.BlocksFor(length, plan.BlockSize))
            throw new ArgumentException(
                $"{plan.Sequences[row]} has {length} tokens and only {table.Count} blocks of "
                + $"{plan.BlockSize}.");
        foreach (var block in table.Blocks)
            if ((uint)block.Value >= (uint)blocksTotal)
                throw new ArgumentException($"{block} is outside the cache of {blocksTotal}.");
    }

    private static void CheckDraws(StepPlan plan, int row)
    {
        if (plan.Draws[row] is var (first, count) && (first < 0 || count < 0
            || count > 0 != plan.Samples(row)))
            throw new ArgumentException(
                $"{plan.Sequences[row]} draws {count} samples from sample {first}, and "
                + (plan.Samples(row) ? "says" : "does not say") + " how.");
    }

    private void Reserve(int tokens, int rows)
    {
        if (_ids.Length < tokens)
        {
            _ids = new int[tokens];
            _positions = new int[tokens];
            _rows = new int[tokens];
        }
        if (_firsts.Length < rows)
        {
            _firsts = new int[rows];
            _sampled = new int[rows];
        }
    }
}
