using System.Collections.Immutable;
using System.Diagnostics;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// Requests of random lengths, all submitted at once to the whole engine: prompts and outputs of
/// 100 to 1,024 tokens, drawn by seed 0, end tokens ignored.
/// </summary>
internal static class ServeLoad
{
    private const int Least = 100, Most = 1024, ClockSteps = 1 << 16;

    public static async Task<ServePoint> MeasureAsync(
        string shape, EngineDType dtype, int requests, int budget, int repetitions, bool tunes)
    {
        using var file = new ShapeFile(shape);
        await using var engine = LlmEngine.Load(
            file.Path,
            new()
            {
                Device = EngineDevice.Cuda,
                DType = dtype,
                LoadFormat = LoadFormat.Dummy,
                MaxSequences = requests,
                MaxBatchedTokens = budget,
                TuneProducts = tunes,
                MaxModelLength = Math.Min(2 * Most, DecodeShapes.Named(shape).MaxPositions),
            },
            new StartLines());
        using var clock = new StepClock(ClockSteps);
        var lengths = new Random(0);
        var all = Enumerable.Range(0, requests)
            .Select(_ => (In: lengths.Next(Least, Most + 1), Out: lengths.Next(Least, Most + 1)))
            .ToArray();
        // Kernels and graphs have run once before anything is timed.
        await RunAsync(engine, [(Least, Least), (Most, Least)], seed: -1);
        var seconds = new List<double>();
        var (gap, time) = (0.0, 0.0);
        for (var repetition = 0; repetition < repetitions; repetition++)
        {
            ((CudaExecutor)engine.Executor).Clock = clock;
            clock.Reset();
            seconds.Add(await RunAsync(engine, all, repetition));
            ((CudaExecutor)engine.Executor).Clock = null;
            var steps = clock.Read();
            gap += steps.Sum(step => step.GapMilliseconds);
            time += steps.Sum(step => step.Milliseconds + step.GapMilliseconds);
        }
        var output = all.Sum(request => request.Out);
        return new(
            requests, all.Sum(request => request.In), output, budget,
            engine.SchedulerConfig.BlocksTotal, Spread.Of(seconds),
            Spread.Of(seconds.Select(each => output / each)), gap / time);
    }

    // Other prompts in each repetition: none is found in the prefix cache.
    private static async Task<double> RunAsync(
        LlmEngine engine, (int In, int Out)[] requests, int seed)
    {
        var random = new Random(seed);
        var prompts = requests.Select(request => Enumerable.Range(0, request.In)
            .Select(_ => new TokenId(random.Next(engine.ModelConfig.VocabularySize)))
            .ToImmutableArray()).ToArray();
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(requests.Select((request, i) => Task.Run(
            () => GenerateAsync(engine, prompts[i], request.Out))));
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        return counts.SequenceEqual(requests.Select(request => request.Out))
            ? seconds
            : throw new InvalidOperationException("A request ended early.");
    }

    private static async Task<int> GenerateAsync(
        LlmEngine engine, ImmutableArray<TokenId> prompt, int output)
    {
        await using var generation = engine.Loop.Submit(
            prompt, SamplingParams.Greedy, new StopRule { MaxTokens = output });
        var tokens = 0;
        await foreach (var next in generation.ReadAllAsync())
            tokens += next is TokenEvent.Token ? 1 : 0;
        return tokens;
    }
}
