using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Bench;

/// <summary>
/// The kernel of one layer's attention of single tokens alone, over a cache of random numbers:
/// once with blocks in random order, once with those of each sequence one after the other, as if
/// its memory were contiguous.
/// </summary>
internal sealed class AttentionLoad : IDisposable
{
    private const int BlockSize = 16, Launches = 20;

    private readonly ModelConfig _config;
    private readonly ScalarType _dtype;
    private readonly KernelConstants _sizes;
    private readonly CudaContext _context = CudaContext.Open(0);
    private readonly CudaStream _stream = CudaStream.Create();
    private readonly DecoderKernels _kernels;

    public AttentionLoad(ModelConfig config, ScalarType dtype)
    {
        (_config, _dtype) = (config, dtype);
        _sizes = KernelConstants.Of(config, dtype, BlockSize);
        _kernels = new(
            new(_context, new(LibTorchEnvironment.Current().CacheFolder)), _sizes, _stream);
    }

    public AttentionPoint Measure(int batch, int context, int repetitions, GpuPeak peak)
    {
        using var scope = torch.NewDisposeScope();
        var blocks = BlockTable.BlocksFor(context, BlockSize);
        using var cache = KvCache.Allocate(
            _config with { Layers = 1 }, _dtype, CUDA, batch * blocks, BlockSize, clear: false);
        foreach (var tensor in cache.Tensors)
            tensor.normal_();
        var bytes = 2.0 * batch * context * _config.KeyValueHeads * _config.HeadDim
            * _sizes.ElementBytes;
        // In turn, so that both see the same device.
        var (paged, contiguous) = (new List<double>(), new List<double>());
        using var scattered = Step(batch, context, blocks, isScattered: true);
        using var ordered = Step(batch, context, blocks, isScattered: false);
        var (first, second) = (Launcher(scattered, cache, batch), Launcher(ordered, cache, batch));
        for (var i = 0; i <= repetitions; i++)
        {
            paged.Add(1e3 * Milliseconds(first));
            contiguous.Add(1e3 * Milliseconds(second));
        }
        // The first of each warms up.
        var (pages, whole) = (Spread.Of(paged.Skip(1)), Spread.Of(contiguous.Skip(1)));
        return new(
            batch, context, pages, whole, bytes / pages.Median * 1e6 / peak.BytesPerSecond);
    }

    public void Dispose()
    {
        _kernels.Dispose();
        _stream.Dispose();
        _context.Dispose();
    }

    private StepUpload Step(int batch, int context, int blocks, bool isScattered)
    {
        var tokens = new StepTokens(2, batch * blocks, context);
        var plan = Plan(batch, context, blocks, isScattered);
        tokens.Read(plan);
        var step = new StepUpload(_kernels.QueryUnits, CUDA, _stream);
        step.Fill(plan, tokens);
        step.Send();
        return step;
    }

    private Action Launcher(StepUpload step, KvCache cache, int batch)
    {
        var heads = _config.QueryHeads + 2 * _config.KeyValueHeads;
        var qkv = randn(batch, heads * _config.HeadDim, device: CUDA).to(_dtype);
        var output = empty_like(qkv);
        var partials = empty(
            _kernels.QueryUnits.PartialBytes, dtype: ScalarType.Byte, device: CUDA);
        var counters = zeros(
            QueryUnits.CounterBytes(_sizes, batch), dtype: ScalarType.Byte, device: CUDA);
        _context.Synchronize();
        return () => Launch(_kernels, step.Columns, cache, qkv, output, partials, counters);
    }

    private static unsafe void Launch(
        DecoderKernels kernels, StepColumns step, KvCache cache, Tensor qkv, Tensor output,
        Tensor partials, Tensor counters)
    {
        nint At(Tensor tensor) => (nint)TensorMemory.Pointer(tensor);
        var (keys, values) = (At(cache.Keys[0]), At(cache.Values[0]));
        kernels.AttendQueries(
            At(qkv), keys, values, step.Blocks, step.QueryTokens, step.Lengths, step.Tables,
            step.Units, At(output), At(partials), At(counters), step.Queries);
    }

    // Of one launch.
    private double Milliseconds(Action launch)
    {
        using var start = CudaEvent.Create();
        using var end = CudaEvent.Create();
        start.Record(_stream);
        for (var i = 0; i < Launches; i++)
            launch();
        end.Record(_stream);
        end.Synchronize();
        return end.MillisecondsSince(start) / Launches;
    }

    private static StepPlan Plan(int rows, int context, int blocks, bool isScattered)
    {
        var places = Enumerable.Range(0, rows * blocks).ToArray();
        if (isScattered)
            new Random(1).Shuffle(places);
        var tokens = AppendLog<TokenId>.From([.. Enumerable.Repeat(new TokenId(1), context)]);
        var all = Enumerable.Range(0, rows).ToArray();
        return new(
            new(0), BlockSize,
            [.. all.Select(row => new SequenceId(row))],
            [.. all.Select(_ => context - 1)],
            [.. all.Select(_ => 1)],
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
