using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Connector;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>The engine's own executor on this machine's CPU, with the embedded model.</summary>
internal sealed class RealExecutor : IDisposable
{
    /// <summary>Tokens of a sequence at most: a quarter of the paper's, like all here.</summary>
    public const int LengthMax = 512;

    /// <summary>Slots of the cache: seven sequences of the greatest length, and some.</summary>
    public const int Slots = 3_840;

    private readonly IStepExecutor _executor;

    /// <param name="blockSize">Tokens of a block.</param>
    /// <param name="slots">Of the cache.</param>
    public RealExecutor(int blockSize, int slots = Slots)
    {
        var model = ModelFolder.Open(EmbeddedModel.Extract());
        (_, _executor) = new EngineStart(
            model,
            new LlmEngineOptions
            {
                Device = EngineDevice.Cpu,
                BlockSize = blockSize,
                KvBlocks = slots / blockSize,
                HostBlocks = slots / blockSize,
                MaxModelLength = LengthMax,
                MaxBatchedTokens = ServingSystem.TokensMax,
            },
            logger: null).Run();
    }

    public static int Vocabulary { get; } =
        ModelFolder.Open(EmbeddedModel.Extract()).Config.VocabularySize;

    /// <summary>Runs a plan; seconds are the clock's.</summary>
    public (StepResult Result, double Seconds) Execute(StepPlan plan)
    {
        var start = Stopwatch.GetTimestamp();
        var result = _executor.Execute(plan);
        return (result, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    public void Dispose() => _executor.Dispose();

    /// <summary>
    /// A plan of its own, without a scheduler: so many tokens of each row behind so many.
    /// </summary>
    public static StepPlan PlanOf(int blockSize, IReadOnlyList<(int First, int Count)> rows)
    {
        var (tables, next) = (new List<BlockTable>(), 0);
        foreach (var (first, count) in rows)
        {
            var blocks = BlockTable.BlocksFor(first + count, blockSize);
            tables.Add(BlockTable.Empty.Append(
                [.. Enumerable.Range(next, blocks).Select(block => new BlockId(block))]));
            next += blocks;
        }

        return new StepPlan(
            new StepId(0), blockSize,
            [.. rows.Select((_, row) => new SequenceId(row))],
            [.. rows.Select(row => row.First)],
            [.. rows.Select(row => row.Count)],
            [.. rows.Select(row => AppendLog<TokenId>.From(
                [.. Enumerable.Range(0, row.First + row.Count)
                    .Select(position => new TokenId(position % Vocabulary))]))],
            [.. rows.Select(row => row.First + row.Count)],
            [.. tables],
            [.. rows.Select(_ => SamplingParams.Greedy)],
            [.. rows.Select(_ => new SampleRange(0, 1))],
            [.. rows.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
    }
}
