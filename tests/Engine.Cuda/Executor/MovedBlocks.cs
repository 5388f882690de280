using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>Goes on with sequences whose blocks a plan moves.</summary>
internal static class MovedBlocks
{
    /// <summary>
    /// The logits of twelve steps, in which each sequence takes another way: over two ends of
    /// blocks of eight. The first step moves blocks.
    /// </summary>
    public static List<float[]> Continue(
        Func<StepPlan, float[][]> run, int blockSize, TestSequence[] sequences,
        ImmutableArray<BlockCopy> copies,
        ImmutableArray<BlockSwap>? swapIns = null, ImmutableArray<BlockSwap>? swapOuts = null)
    {
        var logits = new List<float[]>();
        for (var step = 0; step < 12; step++)
        {
            foreach (var (index, sequence) in sequences.Index())
                sequence.Append(10 + 100 * index + step);
            var plan = TestPlan.Of(
                blockSize, [.. sequences.Select(sequence => TestRow.Rest(sequence))]);
            logits.AddRange(run(step > 0 ? plan : plan with
            {
                Copies = copies,
                SwapIns = swapIns ?? [],
                SwapOuts = swapOuts ?? [],
            }));
        }
        return logits;
    }
}
