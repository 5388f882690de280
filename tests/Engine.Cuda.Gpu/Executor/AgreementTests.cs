using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Tests.Executor;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>
/// Models of sizes and with biases that no reference model has, against the readable decoder on
/// the CPU: prompts in chunks, batches, contexts of several chunks of keys.
/// </summary>
public class AgreementTests
{
    private static readonly ModelConfig _config = new()
    {
        Family = ModelFamily.Llama,
        VocabularySize = 301,
        HiddenSize = 72,
        IntermediateSize = 152,
        Layers = 2,
        QueryHeads = 4,
        KeyValueHeads = 2,
        HeadDim = 64,
        RmsNormEpsilon = 1e-6,
        RopeTheta = 10_000,
        RopeScaling = new RopeScaling.None(),
        MaxPositions = 1000,
        SlidingWindow = null,
        TieWordEmbeddings = false,
        QueryKeyValueBias = true,
        AttentionOutputBias = true,
        MlpBias = true,
        QueryKeyNorm = false,
        DType = ScalarType.Float32,
    };

    public static TheoryData<int, int, int, int> Shapes() => new()
    {
        { 64, 4, 2, 16 },
        { 80, 7, 1, 8 },
        { 96, 3, 3, 128 },
        { 128, 8, 2, 32 },
        { 256, 4, 1, 16 },
        { 8, 18, 2, 5 },
    };

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void In_float32_logits_are_those_of_the_CPU(
        int headDim, int queryHeads, int kvHeads, int blockSize) =>
        Check(headDim, queryHeads, kvHeads, blockSize, ScalarType.Float32, 1e-5);

    // Two layers: the bound of tests/Engine.Cuda/Executor/BFloat16Tests.cs, which is for three.
    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void In_bfloat16_they_are_up_to_its_roundings(
        int headDim, int queryHeads, int kvHeads, int blockSize) =>
        Check(headDim, queryHeads, kvHeads, blockSize, ScalarType.BFloat16, 0.025);

    private static void Check(
        int headDim, int queryHeads, int kvHeads, int blockSize, ScalarType dtype,
        double tolerance)
    {
        var config = _config with
        {
            HeadDim = headDim,
            QueryHeads = queryHeads,
            KeyValueHeads = kvHeads,
            QueryKeyNorm = headDim == 128,
        };
        using var gpu = GpuModel.SameAsOnCpu(config, dtype, blockSize);
        using var cpu = TestModel.Random(config, kernels: false, dtype, blockSize);
        int[][] prompts = [Numbers(300, 1), Numbers(17, 2), Numbers(1, 3)];
        var (ours, theirs) = (
            prompts.Select((prompt, id) => gpu.Numbered(id, prompt)).ToArray(),
            prompts.Select((prompt, id) => cpu.Numbered(id, prompt)).ToArray());
        for (var step = 0; step < 6; step++)
        {
            var limit = step == 0 ? 130 : 300;
            var (_, actual) = gpu.Step([.. ours.Select(each => Next(each, limit))]);
            var (_, expected) = cpu.Step([.. theirs.Select(each => Next(each, limit))]);
            Assert.Equal(step == 0 ? 2 : 3, actual.Length);
            for (var row = 0; row < actual.Length; row++)
                Assert.InRange(Distance(expected[row], actual[row]), 0, tolerance);
            for (var row = 0; row < prompts.Length; row++)
            {
                if (ours[row].Uncomputed > 0)
                    continue;
                ours[row].Append(50 + step);
                theirs[row].Append(50 + step);
            }
        }
    }

    // A part of the prompt draws nothing.
    private static TestRow Next(TestSequence sequence, int limit) =>
        sequence.Uncomputed > limit
            ? new(sequence, limit, null)
            : TestRow.Rest(sequence);

    private static int[] Numbers(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(300))];
    }

    // Of two rows, relative to the first one.
    private static double Distance(float[] expected, float[] actual) =>
        Math.Sqrt(expected.Zip(actual, (e, a) => ((double)e - a) * ((double)e - a)).Sum()
            / expected.Sum(e => (double)e * e));
}
