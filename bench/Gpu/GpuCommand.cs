using System.CommandLine;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// Decode steps and prefills of a model of random weights on a GPU, against what its memory and
/// its matrix units deliver in the same run: model-bandwidth and model-FLOP utilisation.
/// </summary>
internal static class GpuCommand
{
    private static readonly Option<string> Shape = new("--shape")
    {
        Description = "small, 0.5b, 0.6b (Qwen3-0.6B) or 8b (Llama 3.1 8B).",
        DefaultValueFactory = _ => "0.6b",
    };

    private static readonly Option<int[]> Batches = new("--batch")
    {
        Description = "Sequences that decode at once; may be given several times.",
        DefaultValueFactory = _ => [1, 32],
    };

    private static readonly Option<int> Context = new("--context")
    {
        Description = "Tokens of each sequence before the first step; also of a prefill.",
        DefaultValueFactory = _ => 512,
    };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Steps of a repetition.",
        DefaultValueFactory = _ => 50,
    };

    private static readonly Option<int> Repetitions = new("--repetitions")
    {
        Description = "Repetitions; the median and the spread are shown.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<bool> TorchOnly = new("--torch-only")
    {
        Description = "Torch alone, without own kernels.",
    };

    public static Command Create()
    {
        var command = new Command("gpu", "Steps on a GPU against its bandwidth and matrix rate.")
        {
            Shape, Batches, Context, Steps, Repetitions, TorchOnly,
        };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parsed)
    {
        if (!LibTorch.Load().HasCuda || !cuda.is_available())
        {
            Console.Error.WriteLine("There is no CUDA device, or libtorch is for CPUs only.");
            return 1;
        }
        using var _ = no_grad();
        using (var context = CudaContext.Open(0))
            Console.WriteLine(context.Name);
        var peak = GpuPeak.Measure();
        Console.WriteLine(
            $"copy {peak.BytesPerSecond / 1e12:F2} TB/s read and written; bfloat16 products "
            + $"{peak.OperationsPerSecond / 1e12:F0} TFLOP/s");
        foreach (var batch in parsed.GetValue(Batches)!)
        {
            Run(parsed, batch, peak);
            AttentionLoad.Report(
                DecodeShapes.Named(parsed.GetValue(Shape)!), batch, parsed.GetValue(Context),
                parsed.GetValue(Repetitions), peak);
        }
        return 0;
    }

    private static void Run(ParseResult parsed, int batch, GpuPeak peak)
    {
        var config = DecodeShapes.Named(parsed.GetValue(Shape)!);
        var (context, steps) = (parsed.GetValue(Context), parsed.GetValue(Steps));
        var repetitions = parsed.GetValue(Repetitions);
        using var load = new DecodeLoad(
            config, ScalarType.BFloat16, batch, context, steps * (repetitions + 1), threads: 8,
            !parsed.GetValue(TorchOnly), SamplingParams.Greedy, CUDA);
        Repetition(load, steps);
        var middle = context + steps * (repetitions + 2) / 2;
        var bytes = load.WeightBytes + (double)batch * middle * KeyValueBytes(config);
        var time = Spread.Of(
            Enumerable.Range(0, repetitions).Select(_ => 1e3 * Repetition(load, steps)));
        Console.WriteLine(
            $"batch {batch,3}, context {context}: {time:F3} ms a step, "
            + $"{1e3 * batch / time.Median:F0} tokens/s; {bytes / 1e9:F2} GB, MBU "
            + $"{1e3 * bytes / time.Median / peak.BytesPerSecond:P0}");
        var tokens = Math.Min(2048, context);
        load.Prefill(tokens);
        var prefill = Spread.Of(
            Enumerable.Range(0, repetitions).Select(_ => 1e3 * load.Prefill(tokens)));
        Console.WriteLine(
            $"prefill of {tokens}: {prefill:F2} ms, MFU "
            + $"{1e3 * Operations(config, tokens) / prefill.Median / peak.OperationsPerSecond:P0}");
    }

    // The median step, in seconds.
    private static double Repetition(DecodeLoad load, int steps)
    {
        var times = Enumerable.Range(0, steps).Select(_ => load.Step()).Order().ToArray();
        return times[times.Length / 2];
    }

    private static double KeyValueBytes(ModelConfig config) =>
        2.0 * config.Layers * config.KeyValueHeads * config.HeadDim * sizeof(short);

    // Multiplications and additions of all layers for a prompt, the head for its last token alone.
    private static double Operations(ModelConfig config, double tokens)
    {
        var inner = (double)config.QueryHeads * config.HeadDim;
        var qkv = inner + 2.0 * config.KeyValueHeads * config.HeadDim;
        var layer = config.HiddenSize * (qkv + inner + 3.0 * config.IntermediateSize);
        return config.Layers * (2 * tokens * layer + 2 * tokens * tokens * inner)
            + 2.0 * config.HiddenSize * config.VocabularySize;
    }
}
