using System.Diagnostics;
using SkPaged.Engine.Pure;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Tests that measure time, which no others may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;

/// <summary>
/// What the loop adds to the scheduler and the executor. Bytes are held to a budget; times are
/// printed, with limits that only a blunder breaks, because a build machine is shared.
/// </summary>
[Collection(nameof(Alone))]
public sealed class LoopCostTests(ITestOutputHelper output)
{
    // The first repetition finds code that the compiler has not optimised yet.
#if DEBUG
    private const int Repetitions = 1;
#else
    private const int Repetitions = 4;
#endif

    private const int Sequences = 256;
    private const int Steps = 600;
    private const int WarmUp = 200;
    private const int OutputTokens = 900;

    private static readonly SchedulerConfig _config = new()
    {
        BlocksTotal = Sequences * 58,
        MaxModelLength = 1024,
        VocabularySize = Continuation.Vocabulary,
        MaxSequences = Sequences,
        MaxBatchedTokens = 8192,
    };

    [Fact]
    public async Task A_decode_step_of_256_sequences_costs_little_beyond_the_scheduler()
    {
        for (var repetition = 0; repetition < Repetitions; repetition++)
        {
            var scheduler = SchedulerAlone();
            var unread = await WithLoop(read: false);
            var read = await WithLoop(read: true);
            var waited = await WithLoop(read: true, TimeSpan.FromMilliseconds(2));
            output.WriteLine($"scheduler alone {scheduler}");
            output.WriteLine($"loop, unread    {unread}, adds {unread - scheduler}");
            output.WriteLine($"loop, read      {read}, adds {read - scheduler}");
            output.WriteLine($"loop, waited    {waited}, adds {waited - scheduler}");

            // A token event is 40 bytes: a header of 16, the token with its log probabilities 16,
            // its sample 4, rounded up. Besides those a step may allocate 1 KB.
            Assert.InRange((unread - scheduler).Bytes, 0, Sequences * 40 + 1024);
            Assert.InRange((read - scheduler).Bytes, 0, Sequences * 40 + 1024);
            Assert.InRange((unread - scheduler).Microseconds, -1000, 1000);
        }
    }

    [Fact]
    public async Task An_idle_engine_sleeps_and_wakes_promptly()
    {
        var started = 0L;
        var config = Requests.Config();
        using var loop = new EngineLoop(config, new SlotExecutor(config)
        {
            Before = _ => Volatile.Write(ref started, Stopwatch.GetTimestamp()),
        });
        var (toStep, toToken) = (new double[300], new double[300]);
        for (var index = 0; index < toStep.Length; index++)
        {
            await Waits.Until(() => loop.Sleeps, "sleep");
            await Task.Delay(1);
            Assert.True(loop.Sleeps);
            var submitted = Stopwatch.GetTimestamp();
            await loop.Ask(Known.Of(promptTokens: 1, maxTokens: 1));
            toToken[index] = Stopwatch.GetElapsedTime(submitted).TotalMicroseconds;
            toStep[index] = Stopwatch.GetElapsedTime(submitted, started).TotalMicroseconds;
        }

        output.WriteLine($"from submission to the step's start: {Quantiles(toStep)}");
        output.WriteLine($"from submission to the answer read:  {Quantiles(toToken)}");
        Assert.InRange(StepMeter.Quantile(toStep, 0.5), 0, 10_000);
        Assert.Equal(300, loop.Snapshot.Steps);
    }

    // Both kinds of run measure the same interval: [a result is handed over, the next plan comes).
    private static Cost SchedulerAlone()
    {
        var meter = new StepMeter(Sequences, WarmUp, Steps);
        var state = SchedulerState.Initial(_config);
        for (var id = 0; id < Sequences; id++)
        {
            var request = new Request(
                new RequestId(id), Requests.Prompt(8), SamplingParams.Greedy, Endless);
            (state, _) = Scheduler.Step(_config, state, new Event.Submitted(request));
        }

        meter.Begin();
        while (!meter.Done)
        {
            (state, var decisions) = Scheduler.Step(_config, state, new Event.StepWanted());
            var result = meter.Execute(((Decision.RunStep)decisions[0]).Plan);
            (state, _) = Scheduler.Step(_config, state, new Event.StepCompleted(result));
        }

        return meter.Cost;
    }

    private static async Task<Cost> WithLoop(bool read, TimeSpan pace = default)
    {
        var meter = new StepMeter(Sequences, WarmUp, Steps) { Pace = pace };
        await using var loop = new EngineLoop(_config, meter);
        var generations = Enumerable.Range(0, Sequences)
            .Select(_ => loop.Submit(Requests.Prompt(8), SamplingParams.Greedy, Endless))
            .ToArray();
        meter.Begin();
        var readers = read ? generations.Select(each => each.ReadToEnd()).ToArray() : [];
        await Waits.Until(() => meter.Done, "all steps measured");
        foreach (var generation in generations)
            await generation.DisposeAsync();
        await Task.WhenAll(readers).WaitAsync(Waits.Long);
        return meter.Cost;
    }

    private static StopRule Endless => new() { MaxTokens = OutputTokens };

    private static string Quantiles(double[] microseconds)
    {
        var (median, p90, p99) = (
            StepMeter.Quantile(microseconds, 0.5),
            StepMeter.Quantile(microseconds, 0.9),
            StepMeter.Quantile(microseconds, 0.99));
        return $"median {median:F1}, p90 {p90:F1}, p99 {p99:F1} us";
    }
}
