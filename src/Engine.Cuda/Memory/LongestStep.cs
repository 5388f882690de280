using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// The step that takes the most memory of all that a scheduler may plan: as many tokens and rows
/// that sample as there can be, of the longest sequences that a pool can hold. All of them lie in
/// one block, one over the other: what it computes is nonsense, and takes the same memory.
/// </summary>
/// <param name="Config">The limits, any number of blocks.</param>
/// <param name="PoolTokens">Tokens that the device could hold at most.</param>
internal sealed record LongestStep(SchedulerConfig Config, long PoolTokens)
{
    // What makes a draw take the most: no shortcut, every option.
    private static readonly SamplingParams _sampling = new()
    {
        Temperature = 1,
        TopK = 50,
        TopP = 0.9f,
        MinP = 0.01f,
        RepetitionPenalty = 1.1f,
        PresencePenalty = 0.1f,
        FrequencyPenalty = 0.1f,
        Seed = 0,
        Logprobs = 1,
    };

    private int Rows => Math.Min(Config.MaxSequences, Config.MaxBatchedTokens);

    /// <summary>
    /// Plans that fill the block, so that no row reads what nobody wrote, then the longest one.
    /// </summary>
    public IEnumerable<StepPlan> Plans()
    {
        var filled = Math.Min(Config.BlockSize, Config.MaxModelLength);
        var step = 0;
        for (var first = 0; first < filled; first += Config.MaxBatchedTokens)
            yield return Plan(
                step++, [(first, Math.Min(Config.MaxBatchedTokens, filled - first))], null);
        yield return Plan(step, [.. LongestRows()], _sampling);
    }

    // The first rows compute chunks of prompts as long as may be, the others one token each.
    private IEnumerable<(int First, int Count)> LongestRows()
    {
        var chunk = Config.LongPrefillThreshold > 0
            ? Math.Min(Config.LongPrefillThreshold, Config.MaxModelLength)
            : Config.MaxModelLength;
        var tokens = (long)Config.MaxBatchedTokens - Rows;
        var pool = PoolTokens;
        for (var row = 0; row < Rows; row++)
        {
            var count = 1 + (int)Math.Min(chunk - 1, tokens);
            // The pool's rest is shared, but the first has as much as it can.
            var share = row == 0 ? pool : pool / (Rows - row);
            var length = (int)Math.Clamp(share, count, Config.MaxModelLength);
            yield return (length - count, count);
            (tokens, pool) = (tokens - (count - 1), Math.Max(0, pool - length));
        }
    }

    private StepPlan Plan(
        int step, ImmutableArray<(int First, int Count)> rows, SamplingParams? sampling)
    {
        var logs = rows.Select(row => row.First + row.Count).Distinct().ToDictionary(
            length => length,
            length => AppendLog<TokenId>.From([.. new TokenId[length]]));
        var table = BlockTable.Empty.Append(
            new BlockId[BlockTable.BlocksFor(logs.Keys.Max(), Config.BlockSize)]);
        var draws = new SampleRange(0, sampling is null ? 0 : 1);
        return new(
            new(step), Config.BlockSize,
            [.. rows.Select((_, row) => new SequenceId(row))],
            [.. rows.Select(row => row.First)],
            [.. rows.Select(row => row.Count)],
            [.. rows.Select(row => logs[row.First + row.Count])],
            [.. rows.Select(_ => 0)],
            [.. rows.Select(_ => table)],
            [.. rows.Select(_ => sampling)],
            [.. rows.Select(_ => draws)],
            [.. rows.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
    }
}
