using System.Collections.Immutable;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Tests.Loop;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>A run of a real engine loop, as its executor and its callers saw it.</summary>
/// <param name="Plans">What ran, in order.</param>
/// <param name="Answers">What the callers got: of each request its stream, in order.</param>
internal sealed record RecordedRun(
    IReadOnlyList<StepPlan> Plans, IReadOnlyList<IReadOnlyList<TokenEvent>> Answers)
{
    /// <summary>Few blocks, and as many of the host's: somebody gives way.</summary>
    public static SchedulerConfig Config { get; } = new()
    {
        BlockSize = 4,
        BlocksTotal = 24,
        HostBlocksTotal = 24,
        PreemptionMode = PreemptionMode.Swap,
        MaxModelLength = 64,
        VocabularySize = Continuation.Vocabulary,
        MaxBatchedTokens = 32,
    };

    /// <summary>
    /// Eight requests at once, of one sample or two, one of which leaves early.
    /// </summary>
    public static async Task<RecordedRun> To(string file)
    {
        var plans = new List<StepPlan>();
        var executor = new SlotExecutor(Config) { Before = plans.Add };
        await using var loop = new EngineLoop(
            Config, executor, new EngineLoopOptions { EventLog = file });
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(number => Ask(loop, number)));
        Assert.True(loop.Snapshot.BlocksSwappedOut > 0, "nobody gave way");
        // Whoever left early has said so; the engine may not have heard it yet.
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (loop.Snapshot is not { Running: 0, Waiting: 0 })
            await Task.Delay(1, patience.Token);
        // The log is on disk, and nothing runs any more, when the loop is over.
        await loop.DisposeAsync();
        return new RecordedRun(plans, answers);
    }

    private static async Task<IReadOnlyList<TokenEvent>> Ask(EngineLoop loop, int number)
    {
        await using var generation = loop.Submit(
            [.. Enumerable.Range(number * 50, 9 + number).Select(value => new TokenId(value))],
            new SamplingParams { Seed = (ulong)number },
            new StopRule { MaxTokens = 20 },
            new SubmitOptions { Samples = 1 + number % 2 });
        var seen = ImmutableArray.CreateBuilder<TokenEvent>();
        await foreach (var next in generation.ReadAllAsync())
        {
            seen.Add(next);
            if (number == 7 && seen.Count == 5)
                break;
        }

        return seen.ToImmutable();
    }
}
