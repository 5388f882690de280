using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// Rows of a plan of about the same size, padded to one rectangle: what torch needs to compute
/// their attention at once. The same for every layer.
/// </summary>
/// <remarks>
/// Padding queries repeat the row's first token and are dropped; padding keys repeat the row's
/// first block and are masked.
/// </remarks>
internal sealed class AttentionGroup
{
    private AttentionGroup(
        int rows, int tokens, int blocks, Tensor queries, Tensor table, Tensor mask, Tensor kept,
        Tensor targets)
    {
        (Rows, Tokens, Blocks) = (rows, tokens, blocks);
        (Queries, Table, Mask, Kept, Targets) = (queries, table, mask, kept, targets);
    }

    /// <summary>Rows of the rectangle.</summary>
    public int Rows { get; }

    /// <summary>Tokens of each row, padding included.</summary>
    public int Tokens { get; }

    /// <summary>Blocks of each row, padding included.</summary>
    public int Blocks { get; }

    /// <summary>[rows x tokens]: the step's token of each query.</summary>
    public Tensor Queries { get; }

    /// <summary>[rows x blocks]: physical blocks.</summary>
    public Tensor Table { get; }

    /// <summary>
    /// [rows, 1, tokens, blocks x blockSize]: 0 where a query sees a key, else -infinity.
    /// </summary>
    public Tensor Mask { get; }

    /// <summary>The queries that are not padding.</summary>
    public Tensor Kept { get; }

    /// <summary>For each of <see cref="Kept"/> the step's token.</summary>
    public Tensor Targets { get; }

    /// <summary>
    /// The plan's rows in groups: decoding rows by the power of two of their blocks, chunks of
    /// prompts by that and the power of two of their tokens.
    /// </summary>
    public static AttentionGroup[] Of(
        StepPlan plan, StepTokens tokens, ScalarType dtype, Device device)
    {
        var firsts = tokens.Firsts.ToArray();
        return
        [
            .. Enumerable.Range(0, plan.Rows)
                .GroupBy(row => (RoundedUp(plan.TokenCounts[row]), RoundedUp(BlocksOf(plan, row))))
                .Select(group => Build(plan, firsts, [.. group], dtype, device)),
        ];
    }

    private static AttentionGroup Build(
        StepPlan plan, int[] firsts, int[] rows, ScalarType dtype, Device device)
    {
        var tokens = rows.Max(row => plan.TokenCounts[row]);
        var blocks = rows.Max(row => BlocksOf(plan, row));
        var kept = rows.SelectMany((row, r) =>
            Enumerable.Range(0, plan.TokenCounts[row]).Select(t => (long)r * tokens + t));
        var targets = rows.SelectMany(row =>
            Enumerable.Range(firsts[row], plan.TokenCounts[row]).Select(t => (long)t));
        return new(
            rows.Length, tokens, blocks,
            tensor(QueriesOf(plan, firsts, rows, tokens), device: device),
            tensor(TableOf(plan, rows, blocks), device: device),
            tensor(MaskOf(plan, rows, tokens, blocks * plan.BlockSize), device: device)
                .view(rows.Length, 1, tokens, blocks * plan.BlockSize).to(dtype),
            tensor(kept.ToArray(), device: device),
            tensor(targets.ToArray(), device: device));
    }

    private static long[] QueriesOf(StepPlan plan, int[] firsts, int[] rows, int tokens) =>
    [
        .. rows.SelectMany(row => Enumerable.Range(0, tokens)
            .Select(t => (long)firsts[row] + (t < plan.TokenCounts[row] ? t : 0))),
    ];

    private static long[] TableOf(StepPlan plan, int[] rows, int blocks) =>
    [
        .. rows.SelectMany(row => Enumerable.Range(0, blocks)
            .Select(b => (long)plan.BlockTables[row][b < BlocksOf(plan, row) ? b : 0].Value)),
    ];

    private static float[] MaskOf(StepPlan plan, int[] rows, int tokens, int keys)
    {
        var mask = new float[rows.Length * tokens * keys];
        for (var r = 0; r < rows.Length; r++)
            for (var t = 0; t < tokens; t++)
            {
                var count = plan.TokenCounts[rows[r]];
                var seen = plan.FirstPositions[rows[r]] + (t < count ? t : 0) + 1;
                mask.AsSpan((r * tokens + t) * keys, keys)[seen..].Fill(float.NegativeInfinity);
            }
        return mask;
    }

    private static int BlocksOf(StepPlan plan, int row) => BlockTable.BlocksFor(
        plan.FirstPositions[row] + plan.TokenCounts[row], plan.BlockSize);

    private static uint RoundedUp(int count) =>
        System.Numerics.BitOperations.RoundUpToPowerOf2((uint)count);
}
