using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// From a model's folder to an executor with its limits, in order: the place, its kernels, the
/// weights, a trial of the longest step, the blocks that are left room for. Each stage is logged
/// when it is over.
/// </summary>
/// <param name="model">The model.</param>
/// <param name="options">Checked.</param>
/// <param name="logger">Told of the stages; null: nobody.</param>
internal sealed class EngineStart(ModelFolder model, LlmEngineOptions options, ILogger? logger)
{
    // Random weights are the same at every start.
    private const long DummySeed = 0;

    private readonly ModelConfig _config = model.Config;

    // The trial's and the engine's own executor tune products once.
    private ProductChoices? _choices;

    /// <summary>All stages; the executor is the caller's.</summary>
    public (SchedulerConfig Config, IStepExecutor Executor) Run()
    {
        var place = EngineDevices.Find(
            options, Constants(DTypeOf(DeviceType.CUDA)), LibTorch.Load(), logger);
        var dtype = DTypeOf(place.Device.type);
        if (place.HasKernels)
            Compile(Constants(dtype), place.Device);
        var weights = LoadWeights(dtype, place.Device);
        SchedulerConfig config;
        try
        {
            config = Sized(weights, place);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
        var began = Stopwatch.GetTimestamp();
        var executor = Build(weights, place, config, logger);
        var took = SecondsSince(began);
        Tell(log => log.ExecutorReady(took));
        return (config, executor);
    }

    /// <summary>The scheduler's limits with a number of blocks.</summary>
    public static SchedulerConfig Limits(
        ModelConfig model, LlmEngineOptions options, int blocks) =>
        new()
        {
            BlockSize = options.BlockSize,
            BlocksTotal = blocks,
            MaxModelLength = options.MaxModelLength ?? model.MaxPositions,
            VocabularySize = model.VocabularySize,
            MaxSequences = options.MaxSequences,
            MaxBatchedTokens = options.MaxBatchedTokens,
            LongPrefillThreshold = options.LongPrefillThreshold,
            Watermark = options.Watermark,
            MaxWaiting = options.MaxWaiting,
            PrefixCaching = options.PrefixCaching,
            Policy = options.Policy,
            PromptTokenWeight = options.PromptTokenWeight,
            OutputTokenWeight = options.OutputTokenWeight,
            PreemptionMode = options.PreemptionMode,
            SwapCostPerBlock = options.SwapCostPerBlock,
        };

    private KernelConstants Constants(ScalarType dtype) =>
        KernelConstants.Of(_config, dtype, options.BlockSize);

    // A CPU computes fast in float32 and bfloat16 alone.
    private ScalarType DTypeOf(DeviceType device) => (options.DType, _config.DType) switch
    {
        (EngineDType.Float32, _) => ScalarType.Float32,
        (EngineDType.BFloat16, _) or (null, ScalarType.BFloat16) => ScalarType.BFloat16,
        (EngineDType.Float16, _) => ScalarType.Float16,
        (_, ScalarType.Float16) when device == DeviceType.CUDA => ScalarType.Float16,
        _ => ScalarType.Float32,
    };

    // Before gigabytes are loaded for them. The executor finds them kept.
    private void Compile(KernelConstants constants, Device device)
    {
        var began = Stopwatch.GetTimestamp();
        using var context = CudaContext.Open(Math.Max(0, device.index));
        var cache = new KernelCache(LibTorchEnvironment.Current().CacheFolder);
        if (options.TuneProducts)
            _choices = ProductChoices.Of(
                context, MatrixProducts.TypeOf(constants.DType), cache);
        var compiler = new KernelCompiler(context, cache);
        var all = compiler.CompileAll(constants).Count;
        var (compiled, took) = (compiler.Compiled, SecondsSince(began));
        var kept = all - compiled;
        Tell(log => log.KernelsReady(context.Name, compiled, kept, took));
    }

    private DecoderWeights LoadWeights(ScalarType dtype, Device device)
    {
        var began = Stopwatch.GetTimestamp();
        EngineDevices.ReleaseCached(device);
        var (bytes, free) = (
            DecoderWeights.BytesOf(_config, dtype), EngineDevices.BytesFree(device));
        if (bytes > free)
            throw DeviceMemoryException.Weights(bytes, $"{dtype}", $"{device}", free);
        var weights = ReadOrDraw(dtype, device);
        var (verb, took) = (
            options.LoadFormat == LoadFormat.Dummy ? "drew" : "loaded", SecondsSince(began));
        Tell(log => log.WeightsReady(verb, bytes, dtype, device, took));
        return weights;
    }

    private DecoderWeights ReadOrDraw(ScalarType dtype, Device device)
    {
        if (options.LoadFormat == LoadFormat.Dummy)
            return DecoderWeights.Random(_config, dtype, device, DummySeed);
        using var files = model.OpenWeights();
        return DecoderWeights.Load(files, _config, dtype, device);
    }

    // Both pools, in this order: on a CPU they share one memory.
    private SchedulerConfig Sized(DecoderWeights weights, EnginePlace place)
    {
        var bytesPerBlock = KvCache.BytesPerBlock(_config, weights.DType, options.BlockSize);
        var isCpu = place.Device.type == DeviceType.CPU;
        var profile = isCpu
            ? new StepProfile(EngineDevices.BytesFree(place.Device), 0)
            : Trial(weights, place, bytesPerBlock);
        var limits = Limits(_config, options, Blocks(profile, bytesPerBlock, weights, isCpu));
        var taken = isCpu ? limits.BlocksTotal * bytesPerBlock : 0;
        return limits with
        {
            HostBlocksTotal = HostProfile.Blocks(
                options, bytesPerBlock, FreeMemory.OnHost() - taken),
        };
    }

    private StepProfile Trial(DecoderWeights weights, EnginePlace place, long bytesPerBlock)
    {
        var began = Stopwatch.GetTimestamp();
        EngineDevices.ReleaseCached(place.Device);
        var limits = Limits(_config, options, blocks: 2);
        var profile = StepProfile.Measure(
            limits, bytesPerBlock,
            blocks => Build(weights.Lend(), place, limits with { BlocksTotal = blocks }),
            () => EngineDevices.BytesFree(place.Device));
        EngineDevices.ReleaseCached(place.Device);
        var took = SecondsSince(began);
        Tell(log => log.LongestStepRan(
            limits.MaxBatchedTokens, profile.ActivationBytes, profile.BytesFree, took));
        return profile;
    }

    private int Blocks(
        StepProfile measured, long bytesPerBlock, DecoderWeights weights, bool isCpu)
    {
        var profile = new MemoryProfile(
            measured.BytesFree, isCpu ? options.KvMemoryFraction : options.GpuMemoryUtilization,
            bytesPerBlock, options.BlockSize, options.MaxModelLength ?? _config.MaxPositions,
            options.MaxSequences)
        {
            WeightBytes = weights.Bytes,
            ActivationBytes = measured.ActivationBytes,
            StrictOption = isCpu ? null : nameof(LlmEngineOptions.GpuMemoryUtilization),
        };
        var blocks = options.KvBlocks is { } given ? profile.Blocks(given) : profile.Blocks();
        var (bytes, length) = (
            blocks * bytesPerBlock,
            Math.Min(blocks * (long)options.BlockSize, profile.LengthMax));
        Tell(log => log.BlocksFit(blocks, options.BlockSize, bytes, length));
        return blocks;
    }

    private IStepExecutor Build(
        DecoderWeights weights, EnginePlace place, SchedulerConfig config,
        ILogger? log = null)
    {
        var sizes = new TorchExecutorOptions(
            place.Device, config.BlocksTotal, config.BlockSize, config.MaxModelLength,
            config.MaxBatchedTokens, Math.Min(options.MaxSequences, options.MaxBatchedTokens),
            options.ThreadsOrDefault, HostBlocks: config.HostBlocksTotal,
            DrawsMax: options.MaxSequences, Graphs: options.DecodeGraphs,
            TuneProducts: options.TuneProducts, Choices: _choices);
        return place.HasKernels
            ? new CudaExecutor(_config, weights, sizes, log)
            : new TorchExecutor(_config, weights, sizes);
    }

    private static double SecondsSince(long began) =>
        Stopwatch.GetElapsedTime(began).TotalSeconds;

    // A logger that throws is ignored: it must not take the engine along.
    private void Tell(Action<ILogger> say)
    {
        try
        {
            if (logger is not null)
                say(logger);
        }
        catch (Exception)
        {
            // Nobody is left to tell that telling failed.
        }
    }
}
