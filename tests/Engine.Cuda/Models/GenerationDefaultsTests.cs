using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Models;

public sealed class GenerationDefaultsTests
{
    [Fact]
    public void All_that_the_file_recommends_is_read()
    {
        var defaults = GenerationDefaults.Parse(
            """
            {"bos_token_id": 151643, "do_sample": true, "eos_token_id": [151645, 151643, 151645],
             "pad_token_id": 151643, "repetition_penalty": 1.05, "temperature": 0.7, "top_k": 20,
             "top_p": 0.8, "min_p": 0}
            """,
            """{"eos_token_id": 7}""");
        Assert.Equal<TokenId>([new(151_645), new(151_643)], defaults.EndOfSequence);
        Assert.True(defaults is
        {
            DoSample: true, Temperature: 0.7, TopK: 20, TopP: 0.8, MinP: 0, RepetitionPenalty: 1.05,
        });
    }

    [Theory]
    [InlineData("""{"eos_token_id": 2}""", """{"eos_token_id": 7}""", new[] { 2 })]
    [InlineData("{}", """{"eos_token_id": 7}""", new[] { 7 })]
    [InlineData("""{"eos_token_id": null}""", """{"eos_token_id": [7, 8]}""", new[] { 7, 8 })]
    [InlineData(null, """{"eos_token_id": 7}""", new[] { 7 })]
    [InlineData(null, "{}", new int[0])]
    [InlineData(null, null, new int[0])]
    public void The_model_is_asked_for_the_end_where_the_recommendation_is_silent(
        string? generation, string? model, int[] expected)
    {
        var defaults = GenerationDefaults.Parse(generation, model);
        Assert.Equal(expected, defaults.EndOfSequence.Select(token => token.Value));
        Assert.Null(defaults.DoSample);
        Assert.Null(defaults.Temperature);
    }

    [Theory]
    [InlineData("eos_token_id", "-1", "a whole number of at least 0, or a list")]
    [InlineData("eos_token_id", "[1,\"2\"]", "a whole number of at least 0, or a list")]
    [InlineData("temperature", "-0.1", "at least 0 is needed")]
    [InlineData("temperature", "\"hot\"", "a number is needed")]
    [InlineData("top_k", "1.5", "a whole number of at least 0 is needed")]
    [InlineData("top_p", "0", "a number in (0, 1] is needed")]
    [InlineData("top_p", "1.1", "a number in (0, 1] is needed")]
    [InlineData("min_p", "2", "a number in [0, 1] is needed")]
    [InlineData("repetition_penalty", "0", "a number above 0 is needed")]
    [InlineData("do_sample", "\"yes\"", "true or false is needed")]
    public void An_invalid_recommendation_is_named(string key, string value, string problem)
    {
        var error = Assert.Throws<ModelConfigException>(
            () => GenerationDefaults.Parse($$"""{"{{key}}": {{value}}}""", null));
        Assert.StartsWith(
            $"generation_config.json: {key} is {value}: {problem}",
            error.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_invalid_recommendation_is_named_with_its_folder()
    {
        using var folder = new TemporaryFolder();
        folder.Write("generation_config.json", """{"top_k": -1}"""u8.ToArray());
        var error = Assert.Throws<ModelConfigException>(
            () => GenerationDefaults.Read(folder.Path));
        Assert.StartsWith(
            $"{folder["generation_config.json"]}: top_k is -1: ", error.Message,
            StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_reference_models_end_with_token_2()
    {
        foreach (var name in ReferenceData.Models)
            Assert.Equal<TokenId>(
                [new(2)], GenerationDefaults.Read(ReferenceData.Model(name)).EndOfSequence);
    }
}
