using SkPaged.Connector.Requests;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Connector.Tests.Client;

public sealed class ModelDefaultsTests
{
    [Theory]
    [InlineData("{}", 0)]
    [InlineData("{\"do_sample\": true}", 1)]
    [InlineData("{\"temperature\": 0.6}", 0.6f)]
    [InlineData("{\"do_sample\": true, \"temperature\": 0.6}", 0.6f)]
    [InlineData("{\"do_sample\": false, \"temperature\": 0.6}", 0)]
    [InlineData("{\"top_p\": 0.9}", 0)]
    public void A_model_samples_if_it_says_so_or_gives_a_temperature(
        string json, float temperature) =>
        Assert.Equal(temperature, Of(json).Sampling.Temperature);

    [Fact]
    public void All_that_a_model_recommends_is_taken()
    {
        var defaults = Of(
            """
            {
              "do_sample": true, "temperature": 0.6, "top_k": 20, "top_p": 0.95, "min_p": 0.01,
              "repetition_penalty": 1.05, "eos_token_id": [5, 6]
            }
            """);
        Assert.Equal(
            new SamplingParams
            {
                Temperature = 0.6f,
                TopK = 20,
                TopP = 0.95f,
                MinP = 0.01f,
                RepetitionPenalty = 1.05f,
            },
            defaults.Sampling);
        Assert.Equal([new TokenId(5), new TokenId(6)], defaults.EndTokens.ToArray());
        Assert.Equal(100, defaults.VocabularySize);
    }

    private static ModelDefaults Of(string json) =>
        ModelDefaults.Of(GenerationDefaults.Parse(json, null), 100);
}
