using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// The scheduler's step under load, the admission of a very long prompt, and how the cost grows
/// with rows and pool.
/// </summary>
internal static class SoakCommand
{
    // Machines change their speed while one looks on: what is compared takes turns.
    private const int Stretch = 500;

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps of each soak.",
        DefaultValueFactory = _ => 20_000,
    };

    private static readonly Option<int> Blocks = new("--blocks")
    {
        Description = "Blocks of the pool, of 16 tokens each.",
        DefaultValueFactory = _ => 100_000,
    };

    private static readonly Option<string?> Plot = new("--plot")
    {
        Description = "An SVG file for the curve of a step's cost; none, no plot.",
    };

    public static Command Create()
    {
        var command = new Command(
            "soak", "The scheduler's step in churn, a 128k-token prompt, and its cost by rows.")
        {
            Steps, Blocks, Plot,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(Steps), parsed.GetValue(Blocks), parsed.GetValue(Plot)));
        return command;
    }

    private static void Run(int steps, int blocks, string? plot)
    {
        // The first thousand steps of a process are not yet compiled at their best.
        StepCurve.Times(new SteadyDecode(1024, blocks), stepsMax: 1000);
        foreach (var sequences in new[] { 1024, 256 })
            Console.WriteLine(Steady(sequences, blocks));
        Console.WriteLine(Soak(new Churn(1024, blocks), new ChurnFloor(1024, blocks), steps));
        Console.WriteLine(LongPrompt(blocks));
        var curve = StepCurve.Measure();
        Console.WriteLine(curve);
        if (plot is not null)
            curve.Save(plot);
    }

    private static string Steady(int sequences, int blocks)
    {
        var decode = new SteadyDecode(sequences, blocks);
        var times = StepCurve.Times(decode, stepsMax: 1000);
        return $"steady decode, {sequences} running, {blocks} blocks: {Percentiles(times)}";
    }

    private static string Soak(Churn churn, ChurnFloor floor, int steps)
    {
        // Until every block was cached once and every sequence replaced.
        for (var step = 0; step < 2000; step++)
        {
            churn.Submit();
            churn.Step();
        }

        Floor(floor, 2000);
        var least = new List<double>();
        var (times, submitted, evicted) = (new double[steps], churn.Submitted, churn.Evictions);
        var pauses = GC.GetTotalPauseDuration();
        var bytes = 0L;
        var (admitted, collected) = (new long[steps], new bool[steps]);
        for (var step = 0; step < steps; step++)
        {
            if (step % Stretch == 0)
                least.AddRange(Floor(floor, Math.Min(Stretch, steps - step)));
            var before = churn.Submitted;
            churn.Submit();
            admitted[step] = churn.Submitted - before;
            var collections = GC.CollectionCount(0);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            churn.Step();
            times[step] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
            bytes += GC.GetAllocatedBytesForCurrentThread() - allocated;
            collected[step] = GC.CollectionCount(0) > collections;
        }

        var paused = GC.GetTotalPauseDuration() - pauses;
        return $"churn, {churn.Running} running, {churn.BlocksLive} blocks live, {steps} steps: "
            + $"{Percentiles(times)}, {bytes / steps / 1024.0:F0} KiB a step, "
            + $"{(double)(churn.Submitted - submitted) / steps:F1} admitted and "
            + $"{(double)(churn.Evictions - evicted) / steps:F0} blocks evicted a step, "
            + $"{paused.TotalMilliseconds:F0} ms of {times.Sum() / 1000:F0} ms in GC pauses"
            + ByStretch(times) + ByAdmissions(times, admitted, collected)
            + $"{Environment.NewLine}  the same on arrays in place and a dictionary, in turn: "
            + $"{Percentiles([.. least])}{ByStretch([.. least])}"
            + $"{Environment.NewLine}  p50 {Quantile(times, 0.5) / Quantile([.. least], 0.5):F1} "
            + $"times, p99 {Quantile(times, 0.99) / Quantile([.. least], 0.99):F1} times that";
    }

    private static double[] Floor(ChurnFloor floor, int steps)
    {
        var times = new double[steps];
        for (var step = 0; step < steps; step++)
        {
            floor.Submit();
            var start = Stopwatch.GetTimestamp();
            floor.Step();
            times[step] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }

    // Where no collection fell into the step: what a newcomer costs, and what a step without one.
    private static string ByAdmissions(double[] times, long[] admitted, bool[] collected)
    {
        var quiet = times.Index().Where(step => !collected[step.Index]).ToList();
        var lines = quiet
            .GroupBy(step => admitted[step.Index], step => step.Item)
            .Where(group => group.Key % 3 == 0)
            .OrderBy(group => group.Key)
            .Select(group => $"{Environment.NewLine}  {group.Key} admitted, {group.Count()} steps: "
                + $"median {Spread.Of([.. group]).Median:F0} us");
        return $"{Environment.NewLine}  without the {collected.Count(each => each)} steps with a "
            + $"collection: {Percentiles([.. quiet.Select(step => step.Item)])}"
            + string.Concat(lines);
    }

    // What a quantile is over short stretches tells a change of the machine's speed apart from what
    // the steps themselves differ by.
    private static string ByStretch(double[] times)
    {
        var stretches = times.Chunk(Stretch).Where(chunk => chunk.Length == Stretch).ToList();
        return stretches.Count == 0
            ? ""
            : $"{Environment.NewLine}  of each {Stretch} steps: p50 "
                + $"{Spread.Of([.. stretches.Select(chunk => Quantile(chunk, 0.5))]):F0}, p99 "
                + $"{Spread.Of([.. stretches.Select(chunk => Quantile(chunk, 0.99))]):F0} us";
    }

    private static string LongPrompt(int blocks)
    {
        const int tokens = 131_072;
        var config = new SchedulerConfig
        {
            BlocksTotal = blocks,
            MaxModelLength = 1 << 20,
            VocabularySize = 10,
            MaxBatchedTokens = tokens,
        };
        var (plans, commits) = (new List<double>(), new List<double>());
        for (var repetition = 0; repetition < 20; repetition++)
        {
            var request = new Request(
                new RequestId(0),
                ImmutableArray.Create(new TokenId[tokens]),
                SamplingParams.Greedy,
                new StopRule());
            var state = SchedulerState.Initial(config);
            var start = Stopwatch.GetTimestamp();
            state = Scheduler.Step(config, state, new Event.Submitted(request)).State;
            state = Scheduler.Step(config, state, new Event.StepWanted()).State;
            plans.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            var result = new StepResult(state.InFlight!.Id, [new SampledToken(new TokenId(1))]);
            start = Stopwatch.GetTimestamp();
            _ = Scheduler.Step(config, state, new Event.StepCompleted(result));
            commits.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return $"a prompt of {tokens} tokens: admitted in ms {Spread.Of(plans):F2}, "
            + $"its blocks registered in ms {Spread.Of(commits):F2}";
    }

    private static string Percentiles(double[] times) =>
        $"mean {times.Average():F0}, p50 {Quantile(times, 0.5):F0}, "
            + $"p99 {Quantile(times, 0.99):F0}, max {times.Max():F0} us";

    private static double Quantile(double[] times, double share) =>
        times.Order().ElementAt((int)(times.Length * share));
}
