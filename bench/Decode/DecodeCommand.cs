using System.CommandLine;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using TorchSharp;

namespace SkPaged.Bench;

/// <summary>
/// Decode steps of a model of random weights on the CPU, against what the machine's memory could
/// deliver: model-bandwidth utilisation (MBU), the bandwidth measured in the same run.
/// </summary>
internal static class DecodeCommand
{
    private const int PassesPerReading = 3;

    private static readonly Option<string> Shape = new("--shape")
    {
        Description = "0.5b (Qwen2.5-0.5B) or small (about the embedded model).",
        DefaultValueFactory = _ => "0.5b",
    };

    private static readonly Option<int[]> Batches = new("--batch")
    {
        Description = "Sequences that decode at once; may be given several times.",
        DefaultValueFactory = _ => [1],
    };

    private static readonly Option<int> Context = new("--context")
    {
        Description = "Tokens of each sequence before the first step.",
        DefaultValueFactory = _ => 128,
    };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps of a repetition.",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<int> Repetitions = new("--repetitions")
    {
        Description = "Repetitions; the median and the spread are shown.",
        DefaultValueFactory = _ => 5,
    };

    private static readonly Option<int> Threads = new("--threads")
    {
        Description = "Threads that compute.",
        DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    private static readonly Option<bool> Float32 = new("--float32")
    {
        Description = "Weights and cache in float32 instead of bfloat16.",
    };

    private static readonly Option<bool> TorchOnly = new("--torch-only")
    {
        Description = "Torch alone, without own kernels.",
    };

    private static readonly Option<float> Temperature = new("--temperature")
    {
        Description = "0 is greedy.",
    };

    public static Command Create()
    {
        var command = new Command("decode", "Time of a decode step against the memory's bandwidth.")
        {
            Shape, Batches, Context, Steps, Repetitions, Threads, Float32, TorchOnly, Temperature,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        LibTorch.Load();
        foreach (var batch in parsed.GetValue(Batches)!)
            Run(parsed, batch);
        return 0;
    }

    private static void Run(ParseResult parsed, int batch)
    {
        var (threads, steps) = (parsed.GetValue(Threads), parsed.GetValue(Steps));
        var repetitions = parsed.GetValue(Repetitions);
        var dtype = parsed.GetValue(Float32)
            ? torch.ScalarType.Float32
            : torch.ScalarType.BFloat16;
        using var load = new DecodeLoad(
            DecodeShapes.Named(parsed.GetValue(Shape)!), dtype, batch, parsed.GetValue(Context),
            steps * (repetitions + 1), threads, !parsed.GetValue(TorchOnly),
            new SamplingParams { Temperature = parsed.GetValue(Temperature), Seed = 1 });
        using var memory = new MemoryBandwidth(threads);
        Repetition(load, steps);
        memory.Measure(PassesPerReading);
        // Readings and steps in turn, so that both see the same machine.
        var pairs = Enumerable.Range(0, repetitions)
            .Select(_ => Pair(load, memory, steps, batch)).ToArray();
        var (time, bandwidth) =
            (Spread.Of(pairs.Select(pair => pair.Step * 1e3)),
            Spread.Of(pairs.Select(pair => pair.Bandwidth / 1e9)));
        var rate = load.WeightBytes / time.Median / 1e6;
        Console.WriteLine(
            $"batch {batch,3}: {time:F3} ms a step, {batch / time.Median * 1e3:F1} tokens/s; "
            + $"weights {load.WeightBytes / 1e6:F1} MB at {rate:F1} GB/s");
        Console.WriteLine(
            $"read bandwidth {bandwidth:F1} GB/s; MBU of pairs "
            + $"{Spread.Of(pairs.Select(pair => pair.Utilisation)):P0}, "
            + $"against the greatest reading {rate / bandwidth.Greatest:P0}");
    }

    // The better of the readings before and after: a step could have had it.
    private static DecodePair Pair(DecodeLoad load, MemoryBandwidth memory, int steps, int batch)
    {
        var before = memory.Measure(PassesPerReading);
        var step = Repetition(load, steps);
        var bandwidth = Math.Max(before, memory.Measure(PassesPerReading));
        var pair = new DecodePair(step, bandwidth, load.WeightBytes / step / bandwidth);
        Console.WriteLine(
            $"batch {batch,3}: {step * 1e3:F3} ms a step, read bandwidth {bandwidth / 1e9:F1} "
            + $"GB/s: MBU {pair.Utilisation:P0}");
        return pair;
    }

    // The median step: others share the machine.
    private static double Repetition(DecodeLoad load, int steps)
    {
        var times = Enumerable.Range(0, steps).Select(_ => load.Step()).Order().ToArray();
        return times[times.Length / 2];
    }

    private readonly record struct DecodePair(double Step, double Bandwidth, double Utilisation);
}
