using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Executor;

public class GoldenTests
{
    // The reference's own bound: where two logits are closer, another rounding may choose the
    // other.
    private const float Tolerance = 1e-3f;

    // This reference was computed after model.to(bfloat16).float(), which rounds the rotary
    // frequencies as well as the weights; loading the model from its files does not.
    private const string RotaryRounded = "llama-sharded-bf16";

    public static TheoryData<string, int, bool> Cases()
    {
        var cases = new TheoryData<string, int, bool>();
        foreach (var model in ReferenceData.Models)
            foreach (var blockSize in (int[])[1, 8, 16, 32])
                foreach (var kernels in (bool[])[true, false])
                    cases.Add(model, blockSize, kernels);
        return cases;
    }

    public static TheoryData<string, bool> ModelsAndDecoders()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var model in ReferenceData.Models)
            foreach (var kernels in (bool[])[true, false])
                cases.Add(model, kernels);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Prompts_in_one_batch_continue_as_in_transformers(
        string model, int blockSize, bool kernels)
    {
        var expected = Expectation.Of(model);
        using var engine = Open(model, kernels, blockSize);
        Check(engine, expected);
    }

    [SkippableTheory]
    [MemberData(nameof(ModelsAndDecoders))]
    public void Prompts_one_by_one_continue_as_in_transformers(string model, bool kernels)
    {
        foreach (var expected in Expectation.Of(model))
        {
            using var engine = Open(model, kernels, blockSize: 16);
            Check(engine, expected);
        }
    }

    private static TestModel Open(string model, bool kernels, int blockSize) =>
        TestModel.Reference(
            model, kernels, blockSize, roundedRotary: model == RotaryRounded);

    private static void Check(TestModel engine, params Expectation[] expected)
    {
        var sequences = expected.Select(row => engine.Sequence(row.Prompt)).ToArray();
        for (var step = 0; step < expected[0].Greedy.Length; step++)
        {
            var (tokens, logits) = engine.Step([.. sequences.Select(s => TestRow.Rest(s))]);
            for (var row = 0; row < expected.Length; row++)
            {
                if (step == 0)
                    Assert.InRange(Difference.Max(expected[row].FirstLogits, logits[row]), 0,
                        Tolerance);
                if (expected[row].Margins[step] > Tolerance)
                    Assert.Equal(expected[row].Greedy[step], tokens[row]);
                sequences[row].Append(expected[row].Greedy[step]);
            }
        }
    }
}
