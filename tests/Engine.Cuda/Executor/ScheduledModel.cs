using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>A small model of random weights in float32, in an engine of any shape.</summary>
internal sealed class ScheduledModel : IAsyncDisposable
{
    public const int Vocabulary = 256;

    private readonly HeldExecutor _executor;

    /// <summary>A model whose steps an executor of the caller's runs.</summary>
    public ScheduledModel(
        string family, SchedulerConfig config, Func<ModelConfig, IStepExecutor> executor,
        Func<StepPlan, StepPlan>? change = null)
    {
        var model = ModelConfig.Parse(
            $$"""
            {
              "model_type": "{{family}}", "vocab_size": {{Vocabulary}}, "hidden_size": 64,
              "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
              "num_key_value_heads": 2, "head_dim": 16, "rms_norm_eps": 1e-6, "rope_theta": 10000,
              "max_position_embeddings": {{config.MaxModelLength}}, "tie_word_embeddings": false,
              "hidden_act": "silu"
            }
            """);
        _executor = new HeldExecutor(executor(model), change);
        Loop = new EngineLoop(config, _executor);
    }

    public EngineLoop Loop { get; }

    /// <param name="family">As in config.json.</param>
    /// <param name="kernels">Whether own kernels run, or torch alone.</param>
    /// <param name="config">The engine's shape.</param>
    /// <param name="change">What becomes of a plan before it runs; null: nothing.</param>
    public static ScheduledModel Open(
        string family, bool kernels, SchedulerConfig config,
        Func<StepPlan, StepPlan>? change = null) =>
        new(
            family, config,
            model =>
            {
                var executor = new TorchExecutor(
                    model, DecoderWeights.Random(model, ScalarType.Float32, CPU, seed: 5),
                    Sizes(config, CPU) with { UseKernels = kernels });
                // Memory that an earlier engine left may hold the very keys that a fault misses.
                // Torch alone reads slots before they are written, and gives them no weight.
                if (kernels)
                    executor.FillSlots(float.NaN);
                return executor;
            },
            change);

    /// <summary>The sizes of an executor for this engine.</summary>
    public static TorchExecutorOptions Sizes(SchedulerConfig config, Device device) =>
        new(
            device, config.BlocksTotal, config.BlockSize, config.MaxModelLength,
            config.MaxBatchedTokens, config.MaxSequences, Threads: 2,
            HostBlocks: config.HostBlocksTotal);

    /// <summary>Lets steps run from the first one on.</summary>
    public void Go() => _executor.Go();

    /// <summary>One after the other: nobody has a neighbour.</summary>
    public async Task<ScheduledAnswer[]> AskAloneAsync(IEnumerable<Request> requests)
    {
        _executor.Go();
        var answers = new List<ScheduledAnswer>();
        foreach (var request in requests)
            answers.Add(await Loop.AskAsync(request));
        return [.. answers];
    }

    /// <summary>All together, the first a step ahead.</summary>
    public async Task<ScheduledAnswer[]> AskAtOnceAsync(IReadOnlyList<Request> requests)
    {
        var first = Loop.AskAsync(requests[0]);
        await _executor.Arrived;
        var others = requests.Skip(1).Select(Loop.AskAsync).ToArray();
        _executor.Go();
        return await Task.WhenAll([first, .. others]);
    }

    public ValueTask DisposeAsync() => Loop.DisposeAsync();
}
