using System.Text.Json;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>What Hugging Face transformers computed for a prompt.</summary>
/// <param name="Prompt">The prompt.</param>
/// <param name="Greedy">The most likely tokens, one after the other.</param>
/// <param name="Margins">At each, how far the second most likely one's logit is behind.</param>
/// <param name="FirstLogits">The logits after the prompt.</param>
internal sealed record Expectation(
    int[] Prompt, int[] Greedy, float[] Margins, float[] FirstLogits)
{
    private static readonly JsonSerializerOptions _names =
        new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>All prompts of a reference model; skips the test where it is absent.</summary>
    public static Expectation[] Of(string model) =>
        JsonSerializer.Deserialize<Expectation[]>(
            File.ReadAllText(Path.Combine(ReferenceData.Model(model), "expected.json")), _names)!;
}
