using SkPaged.Engine.Cuda.Tests;
using SkPaged.Engine.Cuda.Tests.Executor;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Executor;

/// <summary>The reference models on the GPU, by own kernels and by torch.</summary>
public class GoldenTests
{
    // As on the CPU: the reference's own bound.
    private const float Tolerance = 1e-3f;

    // Its reference was made with rounded rotary frequencies: docs/adr/0008.
    private const string RotaryRounded = "llama-sharded-bf16";

    public static TheoryData<Runner, string, int> Cases()
    {
        var cases = new TheoryData<Runner, string, int>();
        foreach (var runner in Enum.GetValues<Runner>())
            foreach (var model in ReferenceData.Models)
                foreach (var blockSize in runner == Runner.Torch ? [16] : (int[])[1, 16, 128])
                    cases.Add(runner, model, blockSize);
        return cases;
    }

    public static TheoryData<Runner, string, ScalarType> Halves()
    {
        var cases = new TheoryData<Runner, string, ScalarType>();
        foreach (var model in ReferenceData.Models)
        {
            cases.Add(Runner.Kernels, model, ScalarType.BFloat16);
            cases.Add(Runner.Kernels, model, ScalarType.Float16);
            cases.Add(Runner.Torch, model, ScalarType.BFloat16);
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Prompts_in_one_batch_continue_as_in_transformers(
        Runner runner, string model, int blockSize)
    {
        using var engine = GpuModel.Reference(
            runner, model, blockSize: blockSize, roundedRotary: model == RotaryRounded);
        var expected = Expectation.Of(model);
        var sequences = expected.Select(row => engine.Sequence(row.Prompt)).ToArray();
        for (var step = 0; step < expected[0].Greedy.Length; step++)
        {
            var (tokens, logits) = engine.Step([.. sequences.Select(s => TestRow.Rest(s))]);
            for (var row = 0; row < expected.Length; row++)
            {
                if (step == 0)
                    Assert.InRange(
                        Difference.Max(expected[row].FirstLogits, logits[row]), 0, Tolerance);
                if (expected[row].Margins[step] > Tolerance)
                    Assert.Equal(expected[row].Greedy[step], tokens[row]);
                sequences[row].Append(expected[row].Greedy[step]);
            }
        }
    }

    // tests/Engine.Cuda/Executor/BFloat16Tests.cs says where 0.025 comes from; float16 has three
    // bits more.
    [SkippableTheory]
    [MemberData(nameof(Halves))]
    public void Logits_are_those_of_float32_up_to_the_roundings_of_a_narrow_type(
        Runner runner, string model, ScalarType dtype)
    {
        var tolerance = dtype == ScalarType.BFloat16 ? 0.025 : 0.025 / 8;
        using var engine = GpuModel.Reference(
            runner, model, dtype, roundedRotary: model == RotaryRounded);
        foreach (var expected in Expectation.Of(model))
        {
            // The whole prompt, then in chunks of 5, the last token by itself.
            var whole = engine.Sequence(expected.Prompt);
            Check(expected.FirstLogits, engine.Step(TestRow.Rest(whole)).Logits[0], tolerance);
            var chunked = engine.Sequence(expected.Prompt);
            while (chunked.Uncomputed > 1)
                engine.Step(new TestRow(chunked, Math.Min(5, chunked.Uncomputed - 1), null));
            Check(expected.FirstLogits, engine.Step(TestRow.Rest(chunked)).Logits[0], tolerance);
        }
    }

    private static void Check(float[] expected, float[] actual, double tolerance)
    {
        var error = RootMeanSquare(expected.Zip(actual, (e, a) => (double)e - a));
        var size = RootMeanSquare(expected.Select(e => (double)e));
        Assert.InRange(error / size, 0, tolerance);
    }

    private static double RootMeanSquare(IEnumerable<double> values) =>
        Math.Sqrt(values.Average(value => value * value));
}
