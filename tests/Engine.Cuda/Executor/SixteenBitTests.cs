using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Executor;

public class SixteenBitTests
{
    // bfloat16 keeps 8 bits: rounding moves a value by at most 2^-9 of itself. A layer rounds
    // weights once and activations 6 times on the way to the stream (norm, qkv, attention,
    // output, gate-up, activation or down); with 3 layers, norm and head some 25 independent
    // roundings of relative size 2^-9 / sqrt(3) reach a logit, which add up to
    // sqrt(25) 2^-9 / sqrt(3) = 0.6 % of its usual size. The bound is on the root mean square,
    // which has no outliers: 4 times that.
    private const double Tolerance = 0.025;

    // float16 keeps 11 bits.
    private const double Float16Tolerance = Tolerance / 8;

    // Its reference was made with rounded rotary frequencies: docs/adr/0008.
    private const string RotaryRounded = "llama-sharded-bf16";

    public static TheoryData<string, bool, ScalarType> Cases()
    {
        var cases = new TheoryData<string, bool, ScalarType>();
        foreach (var model in ReferenceData.Models)
        {
            cases.Add(model, true, ScalarType.BFloat16);
            cases.Add(model, false, ScalarType.BFloat16);
            // There are no kernels for it, so torch computes it in any case.
            cases.Add(model, true, ScalarType.Float16);
        }
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Logits_are_those_of_float32_up_to_the_roundings(
        string model, bool kernels, ScalarType dtype)
    {
        using var engine = TestModel.Reference(
            model, kernels, dtype: dtype, roundedRotary: model == RotaryRounded);
        var tolerance = dtype == ScalarType.Float16 ? Float16Tolerance : Tolerance;
        var expected = Expectation.Of(model);
        var (_, logits) = engine.Step(
            [.. expected.Select(row => TestRow.Rest(engine.Sequence(row.Prompt)))]);
        for (var row = 0; row < expected.Length; row++)
        {
            var error = RootMeanSquare(
                expected[row].FirstLogits.Zip(logits[row], (e, a) => (double)e - a));
            var size = RootMeanSquare(expected[row].FirstLogits.Select(e => (double)e));
            Assert.InRange(error / size, 0, tolerance);
        }
    }

    [SkippableTheory]
    [InlineData("llama")]
    [InlineData("qwen3")]
    public void Clear_decisions_are_those_of_float32(string model)
    {
        using var engine = TestModel.Reference(model, kernels: true, dtype: ScalarType.BFloat16);
        foreach (var expected in Expectation.Of(model))
        {
            var spread = RootMeanSquare(expected.FirstLogits.Select(e => (double)e));
            var sequence = engine.Sequence(expected.Prompt);
            for (var step = 0; step < expected.Greedy.Length; step++)
            {
                var (tokens, _) = engine.Step(TestRow.Rest(sequence));
                // Two logits are off by the bound each, 4 deviations for the greatest of 512.
                if (expected.Margins[step] > 8 * Tolerance * spread)
                    Assert.Equal(expected.Greedy[step], tokens[0]);
                sequence.Append(expected.Greedy[step]);
            }
        }
    }

    private static double RootMeanSquare(IEnumerable<double> values) =>
        Math.Sqrt(values.Average(value => value * value));
}
