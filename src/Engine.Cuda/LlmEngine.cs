using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Weights;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>A model that is loaded and ready: token ids in, token ids out.</summary>
public sealed class LlmEngine : IDisposable, IAsyncDisposable
{
    private LlmEngine(
        ModelFolder model, SchedulerConfig config, IStepExecutor executor, EngineLoop loop) =>
        (ModelConfig, GenerationDefaults, SchedulerConfig, Executor, Loop) =
            (model.Config, model.Generation, config, executor, loop);

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

    /// <summary>What runs the steps, for measurements: the loop owns it.</summary>
    internal IStepExecutor Executor { get; }

    /// <summary>Loads a model and starts its loop.</summary>
    /// <param name="modelFolder">
    /// In Hugging Face's form: <c>config.json</c> and safetensors, of one of the supported
    /// families. With <see cref="LoadFormat.Dummy"/> the configuration alone, also as a file.
    /// </param>
    /// <param name="options">Null: the defaults.</param>
    /// <param name="logger">
    /// Told of the start's stages, of failures, rejections and ends; null: nobody.
    /// </param>
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
    /// <exception cref="DeviceMemoryException">
    /// The device's memory does not hold the weights, or not the longest step beside them.
    /// </exception>
    /// <exception cref="KvCacheTooSmallException">
    /// The memory does not hold one sequence: has the longest that would fit.
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
        var (config, executor) = new EngineStart(model, options, logger).Run();
        try
        {
            var loop = new EngineLoop(config, executor, options.Loop, logger);
            return new(model, config, executor, loop);
        }
        catch
        {
            executor.Dispose();
            throw;
        }
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
        var limits = EngineStart.Limits(model, options, blocks).Validate()
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
}
