using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Weights;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda;

/// <summary>A model that is loaded and ready: token ids in, token ids out.</summary>
public sealed class LlmEngine : IDisposable, IAsyncDisposable
{
    private const long DummySeed = 0;

    private LlmEngine(ModelFolder model, SchedulerConfig config, EngineLoop loop) =>
        (ModelConfig, GenerationDefaults, SchedulerConfig, Loop) =
            (model.Config, model.Generation, config, loop);

    /// <summary>What the model looks like.</summary>
    public ModelConfig ModelConfig { get; }

    /// <summary>
    /// What the model's makers recommend for sampling, and the tokens that end its text.
    /// </summary>
    public GenerationDefaults GenerationDefaults { get; }

    /// <summary>The limits in force, the number of blocks among them.</summary>
    public SchedulerConfig SchedulerConfig { get; }

    /// <summary>Takes requests, from any thread.</summary>
    public EngineLoop Loop { get; }

    /// <summary>Loads a model and starts its loop.</summary>
    /// <param name="modelFolder">
    /// In Hugging Face's form: <c>config.json</c> and safetensors, of one of the supported
    /// families. With <see cref="LoadFormat.Dummy"/> the configuration alone, also as a file.
    /// </param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="logger">Told of failures, rejections and ends; null: nobody.</param>
    /// <exception cref="LibTorchException">libtorch cannot be loaded.</exception>
    /// <exception cref="ModelFileException">
    /// A file is missing or corrupt, or a tensor is missing or has another shape or type.
    /// </exception>
    /// <exception cref="ModelConfigException">
    /// The model's configuration is invalid, or of a kind that is not supported.
    /// </exception>
    /// <exception cref="EngineConfigException">
    /// Options cannot be taken: names all of them.
    /// </exception>
    /// <exception cref="DeviceUnavailableException">
    /// There is no such device, or it lacks something that the engine needs.
    /// </exception>
    /// <exception cref="KernelCompilationException">
    /// A kernel does not compile for the device: has the compiler's log.
    /// </exception>
    /// <exception cref="CudaException">A call of CUDA failed.</exception>
    /// <exception cref="KvCacheTooSmallException">
    /// The memory does not hold one sequence.
    /// </exception>
    /// <exception cref="HostCacheTooLargeException">
    /// The host's memory does not hold the host cache.
    /// </exception>
    public static LlmEngine Load(
        string modelFolder, LlmEngineOptions? options = null, ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        options ??= new();
        var model = Checked(modelFolder, options);
        var constants = KernelConstants.Of(
            model.Config, DTypeOf(options, model.Config, DeviceType.CUDA), options.BlockSize);
        var place = EngineDevices.Find(options, constants, LibTorch.Load(), logger);
        var weights = LoadWeights(
            model, DTypeOf(options, model.Config, place.Device.type), place.Device, options);
        return Start(model, weights, place, options, logger);
    }

    /// <summary>
    /// Sees whether <see cref="Load"/> could take a folder and options, by the model's
    /// configuration alone: quick, and takes no memory. Devices and weights are not looked at.
    /// </summary>
    /// <param name="modelFolder">As of <see cref="Load"/>.</param>
    /// <param name="options">Null: the defaults.</param>
    /// <exception cref="ModelFileException">
    /// The folder, its configuration or its weights are missing.
    /// </exception>
    /// <exception cref="ModelConfigException">
    /// The model's configuration is invalid, or of a kind that is not supported.
    /// </exception>
    /// <exception cref="EngineConfigException">
    /// Options cannot be taken: names all of them.
    /// </exception>
    public static void Check(string modelFolder, LlmEngineOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(modelFolder);
        Checked(modelFolder, options ?? new());
    }

    /// <summary>Ends all requests and frees the model. Waits for the step that runs.</summary>
    public void Dispose() => Loop.Dispose();

    /// <summary>As <see cref="Dispose"/>, without blocking a thread.</summary>
    public ValueTask DisposeAsync() => Loop.DisposeAsync();

    private static LlmEngine Start(
        ModelFolder model, DecoderWeights weights, EnginePlace place, LlmEngineOptions options,
        ILogger? logger)
    {
        SchedulerConfig config;
        try
        {
            config = Sized(model.Config, weights.DType, place, options);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
        var sizes = Sizes(config, place.Device, options);
        IStepExecutor executor = place.HasKernels
            ? new CudaExecutor(model.Config, weights, sizes, logger)
            : new TorchExecutor(model.Config, weights, sizes);
        try
        {
            return new(model, config, new EngineLoop(config, executor, options.Loop, logger));
        }
        catch
        {
            executor.Dispose();
            throw;
        }
    }

    private static ModelFolder Checked(string modelFolder, LlmEngineOptions options)
    {
        var model = options.LoadFormat == LoadFormat.Dummy
            ? ModelFolder.OpenConfig(modelFolder)
            : ModelFolder.Open(modelFolder);
        ThrowIfInvalid(options, model.Config);
        return model;
    }

    private static void ThrowIfInvalid(LlmEngineOptions options, ModelConfig model)
    {
        // Blocks are not known yet; where they are not given they are enough by construction.
        var blocks = options.KvBlocks is { } given ? Math.Max(1, given) : 2;
        var limits = Limits(model, options, blocks).Validate()
            .Match(Succ: _ => [], Fail: found => found.AsEnumerable())
            .Select(InOptionsWords);
        var errors = options.Errors(model.MaxPositions).Concat(limits)
            .DistinctBy(error => error.Name).ToImmutableArray();
        if (!errors.IsEmpty)
            throw new EngineConfigException(errors);
    }

    // The scheduler's name for them is its own.
    private static ConfigError InOptionsWords(ConfigError error) =>
        error.Name == nameof(SchedulerConfig.BlocksTotal)
            ? error with { Name = nameof(LlmEngineOptions.KvBlocks) }
            : error;

    // Both pools, in this order: on a CPU they share one memory.
    private static SchedulerConfig Sized(
        ModelConfig model, ScalarType dtype, EnginePlace place, LlmEngineOptions options)
    {
        var bytesPerBlock = KvCache.BytesPerBlock(model, dtype, options.BlockSize);
        var bytesFree = EngineDevices.BytesFree(place.Device)
            - Activations(model, dtype, place, options);
        var limits = Limits(model, options, Blocks(model, bytesPerBlock, bytesFree, options));
        var taken = place.Device.type == DeviceType.CPU ? limits.BlocksTotal * bytesPerBlock : 0;
        return limits with
        {
            HostBlocksTotal = HostProfile.Blocks(
                options, bytesPerBlock, FreeMemory.OnHost() - taken),
        };
    }

    private static SchedulerConfig Limits(
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

    // A CPU computes fast in float32 and bfloat16 alone.
    private static ScalarType DTypeOf(
        LlmEngineOptions options, ModelConfig model, DeviceType device) =>
        (options.DType, model.DType) switch
        {
            (EngineDType.Float32, _) => ScalarType.Float32,
            (EngineDType.BFloat16, _) or (null, ScalarType.BFloat16) => ScalarType.BFloat16,
            (EngineDType.Float16, _) => ScalarType.Float16,
            (_, ScalarType.Float16) when device == DeviceType.CUDA => ScalarType.Float16,
            _ => ScalarType.Float32,
        };

    private static DecoderWeights LoadWeights(
        ModelFolder model, ScalarType dtype, Device device, LlmEngineOptions options)
    {
        if (options.LoadFormat == LoadFormat.Dummy)
            return DecoderWeights.Random(model.Config, dtype, device, DummySeed);
        using var files = model.OpenWeights();
        return DecoderWeights.Load(files, model.Config, dtype, device);
    }

    private static int Blocks(
        ModelConfig model, long bytesPerBlock, long bytesFree, LlmEngineOptions options)
    {
        var profile = new MemoryProfile(
            bytesFree, options.KvMemoryFraction, bytesPerBlock, options.BlockSize,
            options.MaxModelLength ?? model.MaxPositions, options.MaxSequences);
        return options.KvBlocks is { } given ? profile.Blocks(given) : profile.Blocks();
    }

    private static TorchExecutorOptions Sizes(
        SchedulerConfig config, Device device, LlmEngineOptions options) =>
        new(
            device, config.BlocksTotal, config.BlockSize, config.MaxModelLength,
            config.MaxBatchedTokens, SamplesMax(options),
            options.ThreadsOrDefault, HostBlocks: config.HostBlocksTotal,
            DrawsMax: options.MaxSequences);

    private static int SamplesMax(LlmEngineOptions options) =>
        Math.Min(options.MaxSequences, options.MaxBatchedTokens);

    // What the longest step needs is taken at the start, and not free for K and V.
    private static long Activations(
        ModelConfig model, ScalarType dtype, EnginePlace place, LlmEngineOptions options) =>
        place.HasKernels
            ? CudaBuffers.BytesOf(model, dtype, options.MaxBatchedTokens, SamplesMax(options))
            : 0;
}
