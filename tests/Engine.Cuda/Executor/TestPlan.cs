using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>What a row of a plan computes.</summary>
/// <param name="Sequence">The sequence.</param>
/// <param name="Count">Its next tokens.</param>
/// <param name="Sampling">How to draw; null: not at all.</param>
/// <param name="Draws">The samples that get a token; null: the first.</param>
internal sealed record TestRow(
    TestSequence Sequence, int Count, SamplingParams? Sampling, SampleRange? Draws = null)
{
    /// <summary>All that is not computed yet, then a draw.</summary>
    public static TestRow Rest(TestSequence sequence, SamplingParams? sampling = null) =>
        new(sequence, sequence.Uncomputed, sampling ?? SamplingParams.Greedy);
}

/// <summary>Plans as a scheduler would make them.</summary>
internal static class TestPlan
{
    private static long _steps;

    /// <summary>The plan of these rows, whose sequences advance.</summary>
    public static StepPlan Of(int blockSize, params TestRow[] rows)
    {
        var firsts = rows.Select(row => row.Sequence.Computed).ToArray();
        foreach (var row in rows)
            row.Sequence.Advance(row.Count);
        return new(
            new(Interlocked.Increment(ref _steps)),
            blockSize,
            [.. rows.Select(row => row.Sequence.Id)],
            [.. firsts],
            [.. rows.Select(row => row.Count)],
            [.. rows.Select(row => row.Sequence.Tokens)],
            [.. rows.Select(row => row.Sequence.PromptCount)],
            [.. rows.Select(row => row.Sequence.Table)],
            [.. rows.Select(row => row.Sampling)],
            [.. rows.Select(row =>
                row.Draws ?? new SampleRange(0, row.Sampling is null ? 0 : 1))],
            [.. rows.Select(_ => System.Collections.Immutable.ImmutableArray<TokenId>.Empty)],
            []);
    }
}
