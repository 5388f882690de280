using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// The attention kernels of one layer alone, over a cache of random numbers whose blocks lie in
/// random order: decoding rows against the copy's bandwidth, a prompt against the matrix rate.
/// </summary>
internal static class AttentionLoad
{
    private const int BlockSize = 16, Launches = 20;

    public static void Report(
        ModelConfig config, int batch, int context, int repetitions, GpuPeak peak)
    {
        var sizes = KernelConstants.Of(config, ScalarType.BFloat16, BlockSize);
        using var context0 = CudaContext.Open(0);
        using var stream = CudaStream.Create();
        using var kernels = new DecoderKernels(
            new(context0, new(LibTorchEnvironment.Current().CacheFolder)), sizes, stream);
        var blocks = BlockTable.BlocksFor(context, BlockSize);
        using var cache = KvCache.Allocate(
            config with { Layers = 1 }, ScalarType.BFloat16, CUDA, batch * blocks, BlockSize,
            clear: false);
        foreach (var tensor in cache.Tensors)
            tensor.normal_();
        var decode = Time(Of(1), stream, repetitions);
        var bytes = 4.0 * batch * context * config.KeyValueHeads * config.HeadDim;
        Console.WriteLine(
            $"attention of {batch} x 1 over {context}: {decode * 1e3:F1} µs, "
            + $"{bytes / decode / 1e9:F2} TB/s, {bytes / decode / 1e-3 / peak.BytesPerSecond:P0} "
            + "of the copy");
        var prompt = Time(Of(context), stream, repetitions);
        var work = 2.0 * context * context * config.QueryHeads * config.HeadDim;
        Console.WriteLine(
            $"attention of a prompt of {context}: {prompt * 1e3:F1} µs, "
            + $"{work / prompt / 1e9:F0} TFLOP/s of a causal half");

        Action Of(int count)
        {
            var rows = count == 1 ? batch : 1;
            var splits = new QuerySplits(sizes, context0.Multiprocessors);
            var tokens = new StepTokens(2, batch * blocks, context);
            var plan = Plan(rows, context, count, blocks, batch);
            tokens.Read(plan);
            var step = new StepUpload(splits, CUDA, stream);
            step.Fill(plan, tokens);
            step.Send();
            var heads = config.QueryHeads + 2 * config.KeyValueHeads;
            var qkv = randn(rows * count, heads * config.HeadDim, device: CUDA)
                .to(ScalarType.BFloat16);
            var output = empty_like(qkv);
            var partials = empty(splits.PartialBytes, dtype: ScalarType.Byte, device: CUDA);
            var counters = zeros(splits.Counters, dtype: ScalarType.Int32, device: CUDA);
            context0.Synchronize();
            return () => Launch(
                kernels, step.Columns, cache, qkv, output, partials, counters);
        }
    }

    private static unsafe void Launch(
        DecoderKernels kernels, StepColumns step, KvCache cache, Tensor qkv, Tensor output,
        Tensor partials, Tensor counters)
    {
        nint At(Tensor tensor) => (nint)TensorMemory.Pointer(tensor);
        var (keys, values) = (At(cache.Keys[0]), At(cache.Values[0]));
        if (step.Tiles > 0)
            kernels.AttendTiles(
                At(qkv), keys, values, step.Blocks, step.TileColumn, At(output), step.Tiles);
        if (step.Queries > 0)
            kernels.AttendQueries(
                At(qkv), keys, values, step.Blocks, step.QueryTokens, step.Lengths, step.Tables,
                At(output), At(partials), At(counters), step.Queries, step.Splits);
    }

    // Milliseconds of a launch: the median of some runs, after one that warms up.
    private static double Time(Action launch, CudaStream stream, int repetitions)
    {
        using var start = CudaEvent.Create();
        using var end = CudaEvent.Create();
        var times = new List<double>();
        for (var i = 0; i <= repetitions; i++)
        {
            start.Record(stream);
            for (var j = 0; j < Launches; j++)
                launch();
            end.Record(stream);
            end.Synchronize();
            times.Add(end.MillisecondsSince(start) / Launches);
        }
        return Spread.Of(times.Skip(1)).Median;
    }

    private static StepPlan Plan(int rows, int context, int count, int blocks, int batch)
    {
        var places = Enumerable.Range(0, batch * blocks).ToArray();
        new Random(1).Shuffle(places);
        var tokens = AppendLog<TokenId>.From([.. Enumerable.Repeat(new TokenId(1), context)]);
        var all = Enumerable.Range(0, rows).ToArray();
        return new(
            new(0), BlockSize,
            [.. all.Select(row => new SequenceId(row))],
            [.. all.Select(_ => context - count)],
            [.. all.Select(_ => count)],
            [.. all.Select(_ => tokens)],
            [.. all.Select(_ => context)],
            [.. all.Select(row => BlockTable.Empty.Append(
                [.. places[(row * blocks)..((row + 1) * blocks)].Select(b => new BlockId(b))]))],
            [.. all.Select(_ => (SamplingParams?)null)],
            [.. all.Select(_ => new SampleRange(0, 0))],
            [.. all.Select(_ => ImmutableArray<TokenId>.Empty)],
            []);
    }
}
