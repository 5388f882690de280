using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>
/// Seconds of a step, from the columns of its plan: a constant; for each row; the weights read once
/// or the products of all tokens, whichever takes longer; K and V of each row's context read; for
/// prompts each token against those before it; sums over GPUs; blocks copied and moved.
/// </summary>
/// <remarks>
/// The same for all schedulers. It does not depend on the block size: a kernel that is slower with
/// small blocks is not in it, only the copies of each block are.
/// </remarks>
internal sealed record CostModel
{
    /// <summary>Of a step, whatever is in it.</summary>
    public double Step { get; init; }

    /// <summary>Of a row.</summary>
    public double Row { get; init; }

    /// <summary>Of reading all weights.</summary>
    public double Weights { get; init; }

    /// <summary>Of a token's products.</summary>
    public double Token { get; init; }

    /// <summary>Of reading one token's K and V, over all layers.</summary>
    public double Read { get; init; }

    /// <summary>
    /// The same of a token that another row of the step reads too: once from memory, then from the
    /// cache of the GPU.
    /// </summary>
    public double Reread { get; init; }

    /// <summary>Of a token's sums over all GPUs: two all-reduces a layer.</summary>
    public double AllReduce { get; init; }

    /// <summary>Of a prompt's token against another, over all layers.</summary>
    public double Pair { get; init; }

    /// <summary>Of beginning to copy blocks that lie side by side, over all layers.</summary>
    public double CopyStart { get; init; }

    /// <summary>Of moving one token's K and V over the host's bus.</summary>
    public double SwapToken { get; init; }

    /// <summary>Of beginning the moves of one block: copies of each layer's K and V.</summary>
    public double SwapBlock { get; init; }

    /// <summary>What a step takes.</summary>
    public double Seconds(StepPlan plan) => Seconds(Shape.Of(plan));

    public double Seconds(Shape shape) =>
        Step + Row * shape.Rows + Math.Max(Weights, Token * shape.Tokens)
        + AllReduce * shape.Tokens
        + Read * (shape.Reads - shape.Rereads) + Reread * shape.Rereads + Pair * shape.Pairs
        // A copy reads and writes; a write costs what a read does.
        + CopyStart * shape.CopyRuns + 2 * Read * shape.CopiedTokens
        + SwapBlock * shape.SwappedBlocks + SwapToken * shape.SwappedTokens;

    /// <summary>What of a plan takes time.</summary>
    /// <param name="Rows">Sequences.</param>
    /// <param name="Tokens">Computed.</param>
    /// <param name="Reads">Tokens of context, once a row.</param>
    /// <param name="Pairs">Tokens of prompts times the tokens that each attends to.</param>
    /// <param name="CopiedTokens">Slots of blocks that are copied.</param>
    /// <param name="SwappedBlocks">To the host or from it.</param>
    /// <param name="SwappedTokens">Slots of these.</param>
    public readonly record struct Shape(
        int Rows, int Tokens, long Reads, double Pairs, long CopiedTokens, long SwappedBlocks,
        long SwappedTokens)
    {
        /// <summary>Of the reads, those of tokens that another row has read.</summary>
        public long Rereads { get; init; }

        /// <summary>Copies of blocks that lie side by side, at both ends.</summary>
        public int CopyRuns { get; init; }

        public static Shape Of(StepPlan plan)
        {
            var (tokens, reads, pairs) = (0, 0L, 0.0);
            for (var row = 0; row < plan.Rows; row++)
            {
                var (first, count) = (plan.FirstPositions[row], plan.TokenCounts[row]);
                tokens += count;
                reads += first + count;
                if (count > 1)
                    pairs += count * (first + 0.5 * count);
            }

            var swaps = plan.SwapIns.Length + plan.SwapOuts.Length;
            return new Shape(
                plan.Rows, tokens, reads, pairs, (long)plan.Copies.Length * plan.BlockSize, swaps,
                (long)swaps * plan.BlockSize)
            {
                CopyRuns = Runs(plan),
            };
        }

        private static int Runs(StepPlan plan)
        {
            var runs = Math.Min(1, plan.Copies.Length);
            for (var index = 1; index < plan.Copies.Length; index++)
            {
                var (before, copy) = (plan.Copies[index - 1], plan.Copies[index]);
                if (copy.From.Value != before.From.Value + 1
                    || copy.To.Value != before.To.Value + 1)
                    runs++;
            }

            return runs;
        }
    }
}
