using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Tests;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>What runs the steps of a test.</summary>
public enum Runner
{
    /// <summary>Own kernels.</summary>
    Kernels,

    /// <summary>Torch on the GPU.</summary>
    Torch,
}

/// <summary>An executor on the tests' device over a model, whose logits can be read.</summary>
internal sealed class GpuModel : IDisposable
{
    private readonly IStepExecutor _executor;
    private float[][] _logits = [];

    private GpuModel(
        Runner runner, ModelConfig config, DecoderWeights weights, TorchExecutorOptions options)
    {
        Blocks = new(options.Blocks, options.BlockSize, seed: 7);
        _executor = runner == Runner.Kernels
            ? new CudaExecutor(config, weights, options) { LogitsSeen = See }
            : new TorchExecutor(config, weights, options) { LogitsSeen = See };
    }

    public BlockSource Blocks { get; }

    /// <summary>The device of a runner; skips the test where there is none.</summary>
    public static Device Device(Runner runner) =>
        runner == Runner.Kernels ? Gpu.Device() : Gpu.TorchDevice();

    /// <summary>A reference model.</summary>
    public static GpuModel Reference(
        Runner runner, string name, ScalarType dtype = ScalarType.Float32, int blockSize = 16,
        int hostBlocks = 0, bool roundedRotary = false)
    {
        var device = Device(runner);
        var folder = ModelFolder.Open(ReferenceData.Model(name));
        using var files = folder.OpenWeights();
        return new(
            runner, folder.Config, DecoderWeights.Load(files, folder.Config, dtype, device),
            Options(folder.Config, device, blockSize) with
            {
                HostBlocks = hostBlocks,
                Rotary = roundedRotary ? RoundedRotary(folder.Config) : null,
            });
    }

    /// <summary>A model of the random weights that <see cref="TestModel.Random"/> has.</summary>
    public static GpuModel SameAsOnCpu(ModelConfig config, ScalarType dtype, int blockSize)
    {
        var device = Device(Runner.Kernels);
        return new(
            Runner.Kernels, config,
            DecoderWeights.RandomOfCpu(config, dtype, device, seed: 5),
            Options(config, device, blockSize));
    }

    public TestSequence Sequence(int[] prompt) => Numbered(0, prompt);

    public TestSequence Numbered(long id, int[] prompt) => new(id, prompt, Blocks);

    /// <summary>Runs a plan of these rows: the drawn tokens, and the logits they come from.
    /// </summary>
    public (int[] Tokens, float[][] Logits) Step(params TestRow[] rows) =>
        Step(TestPlan.Of(Blocks.BlockSize, rows));

    /// <summary>Runs a plan: the drawn tokens, and the logits they come from.</summary>
    public (int[] Tokens, float[][] Logits) Step(StepPlan plan)
    {
        var result = _executor.Execute(plan);
        return ([.. result.Samples.Select(sample => sample.Token.Value)], _logits);
    }

    public StepResult Execute(StepPlan plan) => _executor.Execute(plan);

    public Task<StepResult> Begin(StepPlan plan) => _executor.Begin(plan);

    public void Dispose() => _executor.Dispose();

    private static RotaryTable RoundedRotary(ModelConfig config) => RotaryTable.Of(
        [.. RotaryTable.FrequenciesOf(config)
            .Select(f => Simd.BFloat16Element.From(f).Value)],
        config.MaxPositions);

    private static TorchExecutorOptions Options(
        ModelConfig config, Device device, int blockSize) =>
        new(
            device, 16 * (config.MaxPositions / blockSize + 1), blockSize, config.MaxPositions,
            TokensMax: 1024, SamplesMax: 128, Threads: 2);

    private void See(StepPlan plan, Tensor logits)
    {
        if (logits.shape[0] == 0)
        {
            _logits = [];
            return;
        }
        using var local = logits.cpu();
        using var floats = local.to(ScalarType.Float32);
        using var contiguous = floats.contiguous();
        _logits = [.. contiguous.data<float>().ToArray().Chunk((int)logits.shape[1])];
    }
}
