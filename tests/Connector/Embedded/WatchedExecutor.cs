using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Connector.Tests.Embedded;

/// <summary>The embedded model's own executor, and someone who sees each plan first.</summary>
internal sealed class WatchedExecutor(IStepExecutor model) : IStepExecutor
{
    /// <summary>Told of each plan before it runs, on the engine's thread.</summary>
    public Action<StepPlan>? BeforeStep { get; set; }

    /// <summary>The embedded model in bfloat16 on the CPU.</summary>
    public static WatchedExecutor Load(SchedulerConfig config)
    {
        var folder = ModelFolder.Open(EmbeddedModel.Extract());
        using var files = folder.OpenWeights();
        var weights = DecoderWeights.Load(files, folder.Config, ScalarType.BFloat16, CPU);
        return new(new TorchExecutor(folder.Config, weights, new(
            CPU, config.BlocksTotal, config.BlockSize, config.MaxModelLength,
            config.MaxBatchedTokens, config.MaxSequences, Threads: 1)));
    }

    public StepResult Execute(StepPlan plan)
    {
        BeforeStep?.Invoke(plan);
        return model.Execute(plan);
    }

    public void Dispose() => model.Dispose();
}
