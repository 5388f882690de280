using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>An executor over a model, whose logits can be read.</summary>
internal sealed class TestModel : IDisposable
{
    private readonly TorchExecutor _executor;
    private float[][] _logits = [];

    private TestModel(ModelConfig config, DecoderWeights weights, TorchExecutorOptions options)
    {
        Config = config;
        Blocks = new(options.Blocks, options.BlockSize, seed: 7);
        _executor = new(config, weights, options)
        {
            LogitsSeen = (_, logits) => _logits = Rows(logits),
        };
    }

    public ModelConfig Config { get; }

    public BlockSource Blocks { get; }

    /// <summary>A reference model.</summary>
    public static TestModel Reference(
        string name, bool kernels, int blockSize = 16, ScalarType dtype = ScalarType.Float32,
        int threads = 2, int blocks = 0, bool roundedRotary = false, int hostBlocks = 0)
    {
        var folder = ModelFolder.Open(ReferenceData.Model(name));
        using var files = folder.OpenWeights();
        return new(
            folder.Config, DecoderWeights.Load(files, folder.Config, dtype, CPU),
            Options(folder.Config, kernels, blockSize, threads, blocks) with
            {
                Rotary = roundedRotary ? RoundedRotary(folder.Config) : null,
                HostBlocks = hostBlocks,
            });
    }

    /// <summary>A model of random weights.</summary>
    public static TestModel Random(
        ModelConfig config, bool kernels, ScalarType dtype = ScalarType.Float32, int blockSize = 16,
        int threads = 2) =>
        new(
            config, DecoderWeights.Random(config, dtype, CPU, seed: 5),
            Options(config, kernels, blockSize, threads, 0));

    public TestSequence Sequence(int[] prompt) => Numbered(0, prompt);

    public TestSequence Numbered(long id, int[] prompt) => new(id, prompt, Blocks);

    /// <summary>
    /// Runs a plan of these rows: the drawn tokens, and the logits they come from.
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

    public void Dispose() => _executor.Dispose();

    private static RotaryTable RoundedRotary(ModelConfig config) => RotaryTable.Of(
        [.. RotaryTable.FrequenciesOf(config).Select(f => BFloat16Element.From(f).Value)],
        config.MaxPositions);

    private static TorchExecutorOptions Options(
        ModelConfig config, bool kernels, int blockSize, int threads, int blocks) =>
        new(
            CPU, blocks > 0 ? blocks : 16 * (config.MaxPositions / blockSize + 1), blockSize,
            config.MaxPositions, TokensMax: 1024, SamplesMax: 128, threads, kernels);

    private static float[][] Rows(Tensor logits)
    {
        if (logits.shape[0] == 0)
            return [];
        using var floats = logits.to(ScalarType.Float32);
        using var contiguous = floats.contiguous();
        var all = contiguous.data<float>().ToArray();
        return [.. all.Chunk((int)logits.shape[1])];
    }
}
