using System.Text.Json.Nodes;
using SkPaged.Engine.Cuda.Models;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Models;

public sealed class BadModelConfigTests
{
    private const int Seed = 20261124;

    private const string Valid = """
        {
          "architectures": ["Qwen3ForCausalLM"], "vocab_size": 100, "hidden_size": 64,
          "intermediate_size": 128, "num_hidden_layers": 2, "num_attention_heads": 4,
          "num_key_value_heads": 2, "head_dim": 16, "max_position_embeddings": 512,
          "rms_norm_eps": 1e-6, "hidden_act": "silu", "torch_dtype": "bfloat16",
          "rope_parameters": {"rope_type": "llama3", "rope_theta": 1e6, "factor": 8,
            "low_freq_factor": 1, "high_freq_factor": 4, "original_max_position_embeddings": 64}
        }
        """;

    [Theory]
    [InlineData("architectures", "[\"GPT2LMHeadModel\"]", "supported are LlamaForCausalLM")]
    [InlineData("architectures", "\"LlamaForCausalLM\"", "a list of texts is needed")]
    [InlineData("vocab_size", "0", "a whole number above 0 is needed")]
    [InlineData("hidden_size", "-64", "a whole number above 0 is needed")]
    [InlineData("intermediate_size", "128.5", "a whole number above 0 is needed")]
    [InlineData("num_hidden_layers", "\"2\"", "a whole number above 0 is needed")]
    [InlineData("num_attention_heads", "99999999999", "a whole number above 0 is needed")]
    [InlineData("num_key_value_heads", "3", "it must divide num_attention_heads, 4")]
    [InlineData("head_dim", "15", "the rotation needs an even head_dim, not 15")]
    [InlineData("max_position_embeddings", "true", "a whole number above 0 is needed")]
    [InlineData("rms_norm_eps", "0", "a number above 0 is needed")]
    [InlineData("rms_norm_eps", "1e999", "a number is needed")]
    [InlineData("hidden_act", "\"gelu\"", "supported is silu")]
    [InlineData("torch_dtype", "\"float8\"", "supported are float32, bfloat16, float16")]
    [InlineData("dtype", "\"int8\"", "supported are float32, bfloat16, float16")]
    [InlineData("tie_word_embeddings", "1", "true or false is needed")]
    [InlineData("quantization_config", "{\"bits\":4}", "quantised weights are not supported")]
    [InlineData("partial_rotary_factor", "0.5", "supported is 1, the whole head")]
    [InlineData("rope_parameters", "[]", "an object is needed")]
    [InlineData("rope_parameters.rope_type", "\"yarn\"", "supported are default, linear, llama3")]
    [InlineData("rope_parameters.factor", "0.5", "at least 1 is needed")]
    [InlineData("rope_parameters.high_freq_factor", "1", "it must be above low_freq_factor, 1")]
    [InlineData("rope_parameters.rope_theta", "0", "a number above 0 is needed")]
    [InlineData("rope_parameters.full_attention", "{}", "one rotation for all layers is supported")]
    public void An_invalid_value_is_named_with_what_is_possible(
        string key, string value, string problem)
    {
        var error = Assert.Throws<ModelConfigException>(() => ModelConfig.Parse(With(key, value)));
        Assert.Equal(key, error.Key);
        Assert.Equal(value, error.Value);
        Assert.StartsWith(
            $"config.json: {key} is {value}: {problem}", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vocab_size")]
    [InlineData("hidden_size")]
    [InlineData("intermediate_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("num_attention_heads")]
    [InlineData("num_key_value_heads")]
    [InlineData("max_position_embeddings")]
    [InlineData("architectures")]
    [InlineData("rope_parameters.factor")]
    [InlineData("rope_parameters.low_freq_factor")]
    [InlineData("rope_parameters.original_max_position_embeddings")]
    public void A_missing_value_is_named(string key)
    {
        var error = Assert.Throws<ModelConfigException>(() => ModelConfig.Parse(With(key, null)));
        Assert.Equal(key, error.Key);
        Assert.Null(error.Value);
        Assert.StartsWith(
            $"config.json: {key} is missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_head_dim_the_heads_must_divide_the_hidden_size()
    {
        var json = With("hidden_size", "66").Replace("Qwen3", "Llama", StringComparison.Ordinal)
            .Replace("\"head_dim\":16,", "", StringComparison.Ordinal);
        var error = Assert.Throws<ModelConfigException>(() => ModelConfig.Parse(json));
        Assert.Equal("hidden_size", error.Key);
        Assert.Contains(
            "num_attention_heads, 4, must divide it", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "not valid JSON")]
    [InlineData("{", "not valid JSON")]
    [InlineData("[1]", "the file is [1]: an object is needed")]
    public void A_file_that_is_no_object_is_an_error(string json, string problem) =>
        Assert.Contains(
            problem,
            Assert.Throws<ModelConfigException>(() => ModelConfig.Parse(json)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Random_damage_gives_a_configuration_or_the_typed_error()
    {
        var random = new Random(Seed);
        const string Likely = "0123456789,:[]{}\"-.eEnulltrue_ \\";
        var parsed = 0;
        for (var i = 0; i < 10_000; i++)
        {
            var json = Valid.ToCharArray();
            for (var n = random.Next(1, 4); n > 0; n--)
                json[random.Next(json.Length)] = Likely[random.Next(Likely.Length)];
            try
            {
                var config = ModelConfig.Parse(new string(json));
                Assert.Equal(0, config.QueryHeads % config.KeyValueHeads);
                Assert.Equal(0, config.HeadDim % 2);
                parsed++;
            }
            catch (ModelConfigException)
            {
            }
        }
        Assert.InRange(parsed, 500, 9_000);
    }

    // The valid configuration with one value replaced, or removed where it is null.
    private static string With(string key, string? value)
    {
        var root = JsonNode.Parse(Valid)!.AsObject();
        var path = key.Split('.');
        var parent = path.Length == 1 ? root : root[path[0]]!.AsObject();
        parent.Remove(path[^1]);
        if (value is not null)
            parent[path[^1]] = JsonNode.Parse(value);
        return root.ToJsonString();
    }
}
