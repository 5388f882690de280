using System.Globalization;
using SkPaged.Engine.Pure;
using Xunit;
using Xunit.Abstractions;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// What an event takes on disk: 64 requests decode side by side, with tokens of six digits, as most
/// of a vocabulary of 150,000 have them.
/// </summary>
public sealed class EventLogSizeTests(ITestOutputHelper output) : IDisposable
{
    private const int Callers = 64;
    private const int StepsTotal = 400;

    private static readonly SchedulerConfig s_config = new()
    {
        BlocksTotal = 4096,
        MaxModelLength = 512,
        VocabularySize = 151_936,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("run.jsonl", 280, 9)]
    [InlineData("run.jsonl.gz", 180, 6)]
    public async Task An_event_of_a_steady_decode_takes_few_bytes(
        string name, double eventBytesMax, double tokenBytesMax)
    {
        var file = _folder[name];
        await Run(file);

        // The few lines of the start are counted too.
        var events = EventLog.Open(file).Events.ToList();
        var tokens = events.OfType<Event.StepCompleted>().Sum(each => each.Result.Samples.Length);
        Assert.Equal(Callers * StepsTotal, tokens);
        var bytes = (double)new FileInfo(file).Length;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{name}: {bytes / events.Count:F1} bytes an event, {bytes / tokens:F2} a token"));
        Assert.InRange(bytes / events.Count, 1, eventBytesMax);
        Assert.InRange(bytes / tokens, 1, tokenBytesMax);
    }

    private static async Task Run(string file)
    {
        var executor = new WideExecutor();
        await using var loop = new EngineLoop(
            s_config, executor, new EngineLoopOptions { EventLog = file, SeedSource = 1 });
        var answers = Enumerable.Range(0, Callers)
            .Select(request => loop.Submit(
                [new(request), new(1), new(2)],
                new SamplingParams(),
                new StopRule { MaxTokens = StepsTotal }))
            .ToList();
        executor.Begin();
        foreach (var answer in answers)
            await answer.ReadToEnd().WaitAsync(Waits.Long);
    }

    // Its tokens follow no pattern that a compressor would find.
    private sealed class WideExecutor : IStepExecutor
    {
        private readonly ManualResetEventSlim _begun = new();
        private readonly Random _random = new(9);

        public void Begin() => _begun.Set();

        public StepResult Execute(StepPlan plan)
        {
            _begun.Wait(Waits.Long);
            return new(plan.Id,
            [
                .. Enumerable.Range(0, plan.SamplesTotal).Select(_ =>
                    new SampledToken(new(_random.Next(100_000, s_config.VocabularySize)))),
            ]);
        }

        public void Dispose() => _begun.Dispose();
    }
}
