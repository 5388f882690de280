using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Plans for long runs: prompts, chunks of prompts and up to 8 decoding rows, of lengths that come
/// again.
/// </summary>
internal static class SteadyPlans
{
    /// <summary>Writes every slot that the others read.</summary>
    public static StepPlan Filled()
    {
        var plan = Of(7);
        return plan with
        {
            FirstPositions = [.. plan.FirstPositions.Select(_ => 0)],
            TokenCounts = [.. plan.TokenLogs.Select(tokens => tokens.Count)],
        };
    }

    public static StepPlan Of(int step)
    {
        var rows = Enumerable.Range(0, 1 + step % 8).ToArray();
        var counts = rows.Select(row => row == 0 && step % 5 == 0 ? 7 + step % 11 : 1).ToArray();
        var tokens = AppendLog<TokenId>.From(
            [.. Enumerable.Range(0, 64).Select(i => new TokenId(1 + i % 100))]);
        return new(
            new(step), 16,
            [.. rows.Select(row => new SequenceId(row))],
            [.. rows.Select(row => (step + row) % 40)],
            [.. counts],
            [.. rows.Select(_ => tokens)],
            [.. rows.Select(_ => 1)],
            [.. rows.Select(row => BlockTable.Empty.Append(
                [.. Enumerable.Range(4 * row, 4).Select(block => new BlockId(block))]))],
            [.. rows.Select(row => row % 3 == 2 ? null : Sampling(row))],
            [.. rows.Select(row => new SampleRange(0, row % 3 == 2 ? 0 : 1 + row % 2))],
            [.. rows.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
    }

    private static SamplingParams Sampling(int row) => row % 2 == 0
        ? SamplingParams.Greedy
        : new SamplingParams { Seed = 1, TopP = 0.9f, Logprobs = 2 };
}
