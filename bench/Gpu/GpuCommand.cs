using System.CommandLine;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// A model of random weights on a GPU, against what its memory and its matrix units deliver in the
/// same run: steps, kernels, swaps, a whole workload, and starts.
/// </summary>
internal static class GpuCommand
{
    private static readonly string[] s_sections =
        ["decode", "prefill", "attention", "products", "swap", "serve", "start"];

    private static readonly Option<string> Shape = new("--shape")
    {
        Description = "small, 0.5b, 0.6b (Qwen3-0.6B), 8b (Llama 3.1 8B), or a config.json.",
        DefaultValueFactory = _ => "0.6b",
    };

    private static readonly Option<EngineDType> DType = new("--dtype")
    {
        Description = "Of weights and cache.",
        DefaultValueFactory = _ => EngineDType.BFloat16,
    };

    private static readonly Option<int[]> Batches = new("--batch")
    {
        Description = "Sequences that decode at once; may be given several times.",
        DefaultValueFactory = _ => [1, 2, 4, 8, 16, 32, 64, 128, 256, 512],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int[]> Contexts = new("--context")
    {
        Description = "Tokens of each before the first step; may be given several times.",
        DefaultValueFactory = _ => [512, 1000, 2048],
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<int> Steps = new("--steps")
    {
        Description = "Decode steps of a repetition.",
        DefaultValueFactory = _ => 64,
    };

    private static readonly Option<int> Repetitions = new("--repetitions")
    {
        Description = "Repetitions; the median and the spread are shown.",
        DefaultValueFactory = _ => 3,
    };

    private static readonly Option<int> Requests = new("--requests")
    {
        Description = "Of the whole workload.",
        DefaultValueFactory = _ => 256,
    };

    private static readonly Option<int> Budget = new("--budget")
    {
        Description = "Tokens of a step of the whole workload.",
        DefaultValueFactory = _ => 2048,
    };

    private static readonly Option<string[]> Only = new("--only")
    {
        Description = "Sections: decode, prefill, attention, products, swap, serve, start. "
            + "Default: all.",
        DefaultValueFactory = _ => s_sections,
        AllowMultipleArgumentsPerToken = true,
    };

    private static readonly Option<bool> NoTuning = new("--no-tuning")
    {
        Description = "Products keep cuBLASLt's first choice, for comparison.",
    };

    private static readonly Option<string?> Json = new("--json")
    {
        Description = "A file for all figures.",
    };

    private static readonly Option<string?> Plot = new("--plot")
    {
        Description = "An SVG or PNG file: tokens a second and bandwidth by batch.",
    };

    private static readonly Option<string?> From = new("--from")
    {
        Description = "The JSON of an earlier run: it is drawn, and nothing is measured. For GPU "
            + "machines without fonts.",
    };

    public static Command Create()
    {
        Only.AcceptOnlyFromAmong(s_sections);
        var command = new Command("gpu", "A shape on a GPU against its bandwidth and matrix rate.")
        {
            Shape, DType, Batches, Contexts, Steps, Repetitions, Requests, Budget, Only, NoTuning,
            Json, Plot, From,
        };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        if (parsed.GetValue(From) is { } earlier)
        {
            GpuPlot.Save(GpuReport.Read(earlier), parsed.GetValue(Plot) ?? "gpu.svg");
            return 0;
        }
        if (!LibTorch.Load().HasCuda || !cuda.is_available())
        {
            Console.Error.WriteLine("There is no CUDA device, or libtorch is for CPUs only.");
            return 1;
        }
        var shape = parsed.GetValue(Shape)!;
        var dtype = parsed.GetValue(DType);
        var only = parsed.GetValue(Only)!.ToHashSet();
        var repetitions = parsed.GetValue(Repetitions);
        var tunes = !parsed.GetValue(NoTuning);
        var peak = GpuPeak.Measure();
        var report = new GpuReport(
            DeviceName(), shape, $"{dtype}", DateTimeOffset.UtcNow, peak.BytesPerSecond / 1e12,
            peak.OperationsPerSecond / 1e12)
        {
            Tuning = tunes,
        };
        Console.WriteLine(
            $"{report.Device}, {shape} in {dtype}: copy {report.CopyTerabytesPerSecond:F2} TB/s "
            + $"read and written, products of 16 bits {report.ProductTeraflops:F0} TFLOP/s"
            + (tunes ? "" : ", products not tuned"));
        var sweep = new GpuSweep(
            DecodeShapes.Named(shape), TypeOf(dtype), parsed.GetValue(Batches)!,
            parsed.GetValue(Contexts)!, parsed.GetValue(Steps), repetitions, peak, tunes);
        sweep.Run(report, only);
        if (only.Contains("serve"))
            Say(report.Serve = await ServeLoad.MeasureAsync(
                shape, dtype, parsed.GetValue(Requests), parsed.GetValue(Budget), repetitions,
                tunes));
        EngineDevices.ReleaseCached(CUDA);
        if (only.Contains("start"))
            Say(report.Start = StartCommand.Measure(shape, dtype, repetitions, tunes));
        if (parsed.GetValue(Json) is { } json)
            report.Save(json);
        if (parsed.GetValue(Plot) is { } plot)
            GpuPlot.Save(report, plot);
        return 0;
    }

    private static void Say(object point) => Console.WriteLine(point);

    private static string DeviceName()
    {
        using var context = CudaContext.Open(0);
        return context.Name;
    }

    private static ScalarType TypeOf(EngineDType dtype) => dtype switch
    {
        EngineDType.Float32 => ScalarType.Float32,
        EngineDType.Float16 => ScalarType.Float16,
        _ => ScalarType.BFloat16,
    };
}
