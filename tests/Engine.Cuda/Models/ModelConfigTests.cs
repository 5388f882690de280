using SkPaged.Engine.Cuda.Models;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Models;

public sealed class ModelConfigTests
{
    // As meta-llama/Llama-3.1-8B-Instruct was published: the older form.
    private const string Llama31 = """
        {
          "architectures": ["LlamaForCausalLM"], "model_type": "llama",
          "attention_bias": false, "mlp_bias": false, "hidden_act": "silu",
          "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009],
          "hidden_size": 4096, "intermediate_size": 14336, "max_position_embeddings": 131072,
          "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
          "pretraining_tp": 1, "rms_norm_eps": 1e-05,
          "rope_scaling": {
            "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
            "original_max_position_embeddings": 8192, "rope_type": "llama3"
          },
          "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
          "use_cache": true, "vocab_size": 128256
        }
        """;

    private const string Small = """
        "vocab_size": 100, "hidden_size": 64, "intermediate_size": 128, "num_hidden_layers": 2,
        "num_attention_heads": 4, "max_position_embeddings": 8192
        """;

    [Fact]
    public void The_older_form_is_read()
    {
        var config = ModelConfig.Parse(Llama31);
        Assert.Equal(
            new ModelConfig
            {
                Family = ModelFamily.Llama,
                VocabularySize = 128_256,
                HiddenSize = 4096,
                IntermediateSize = 14_336,
                Layers = 32,
                QueryHeads = 32,
                KeyValueHeads = 8,
                HeadDim = 128,
                RmsNormEpsilon = 1e-5,
                RopeTheta = 500_000,
                RopeScaling = new RopeScaling.Llama3(8, 1, 4, 8192),
                MaxPositions = 131_072,
                SlidingWindow = null,
                TieWordEmbeddings = false,
                QueryKeyValueBias = false,
                AttentionOutputBias = false,
                MlpBias = false,
                QueryKeyNorm = false,
                DType = ScalarType.BFloat16,
            },
            config);
    }

    [Theory]
    [InlineData("llama", ModelFamily.Llama, false, false, 10_000)]
    [InlineData("mistral", ModelFamily.Mistral, false, false, 1_000_000)]
    [InlineData("qwen2", ModelFamily.Qwen2, true, false, 1_000_000)]
    [InlineData("qwen3", ModelFamily.Qwen3, false, true, 1_000_000)]
    public void What_tells_the_families_apart_is_read(
        string type, ModelFamily family, bool bias, bool norm, double theta)
    {
        var config = ModelConfig.Parse(
            $$"""
            {
              "model_type": "{{type}}", {{Small}}, "num_key_value_heads": 2,
              "rope_parameters": {"rope_type": "default", "rope_theta": {{theta}}}
            }
            """);
        Assert.Equal(family, config.Family);
        Assert.Equal(bias, config.QueryKeyValueBias);
        Assert.False(config.AttentionOutputBias);
        Assert.Equal(norm, config.QueryKeyNorm);
        Assert.Equal(theta, config.RopeTheta);
        Assert.Equal(new RopeScaling.None(), config.RopeScaling);
        Assert.Equal(family == ModelFamily.Qwen3 ? 128 : 16, config.HeadDim);
        Assert.Equal(ScalarType.Float32, config.DType);
    }

    [Fact]
    public void An_early_llama_has_as_many_key_value_heads_as_query_heads() =>
        Assert.Equal(4, Parsed("\"rms_norm_eps\": 1e-6").KeyValueHeads);

    [Fact]
    public void A_llama_may_have_biases_everywhere()
    {
        var config = Parsed("\"attention_bias\": true, \"mlp_bias\": true");
        Assert.True(config is
        { QueryKeyValueBias: true, AttentionOutputBias: true, MlpBias: true, QueryKeyNorm: false });
    }

    [Theory]
    [InlineData("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 4}")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"linear\", \"factor\": 4.0}")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"linear\", \"factor\": 4}")]
    public void Linear_scaling_is_read_in_every_form(string rope) =>
        Assert.Equal(new RopeScaling.Linear(4), Parsed(rope).RopeScaling);

    [Theory]
    [InlineData("mistral", "\"sliding_window\": 4096", 4096, 4096)]
    [InlineData("mistral", "\"sliding_window\": null", null, 8192)]
    [InlineData("mistral", "\"bos_token_id\": 1", 4096, 4096)]
    [InlineData("qwen2", "\"sliding_window\": 4096, \"use_sliding_window\": false", null, 8192)]
    [InlineData("qwen2", "\"sliding_window\": 4096, \"use_sliding_window\": true", 4096, 4096)]
    [InlineData("qwen3", "\"sliding_window\": 9999, \"use_sliding_window\": true", 9999, 8192)]
    [InlineData("llama", "\"sliding_window\": 4096", null, 8192)]
    public void A_sliding_window_limits_the_length(
        string type, string window, int? expectedWindow, int expectedLength)
    {
        var config = ModelConfig.Parse(
            $$"""{ "model_type": "{{type}}", {{Small}}, "num_key_value_heads": 2, {{window}} }""");
        Assert.Equal(expectedWindow, config.SlidingWindow);
        Assert.Equal(expectedLength, config.MaxPositions);
    }

    [SkippableTheory]
    [InlineData("llama", ModelFamily.Llama, 16, false)]
    [InlineData("llama3-rope", ModelFamily.Llama, 32, true)]
    [InlineData("llama-sharded-bf16", ModelFamily.Llama, 16, false)]
    [InlineData("mistral", ModelFamily.Mistral, 16, false)]
    [InlineData("qwen2", ModelFamily.Qwen2, 16, true)]
    [InlineData("qwen3", ModelFamily.Qwen3, 32, true)]
    public void The_reference_models_have_the_weights_that_their_configuration_describes(
        string name, ModelFamily family, int headDim, bool tied)
    {
        var model = ModelFolder.Open(ReferenceData.Model(name));
        using var weights = model.OpenWeights();
        var config = model.Config;
        Assert.Equal(
            (family, headDim, tied), (config.Family, config.HeadDim, config.TieWordEmbeddings));
        Assert.Equal(!tied, weights.Contains("lm_head.weight"));
        var attention = $"model.layers.{config.Layers - 1}.self_attn.";
        AssertShape(attention + "q_proj.weight", config.QueryHeads * headDim, config.HiddenSize);
        AssertShape(attention + "k_proj.weight", config.KeyValueHeads * headDim, config.HiddenSize);
        AssertShape(attention + "o_proj.weight", config.HiddenSize, config.QueryHeads * headDim);
        AssertShape("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize);
        AssertShape(
            "model.layers.0.mlp.gate_proj.weight", config.IntermediateSize, config.HiddenSize);
        Assert.Equal(config.QueryKeyValueBias, weights.Contains(attention + "q_proj.bias"));
        Assert.Equal(config.AttentionOutputBias, weights.Contains(attention + "o_proj.bias"));
        Assert.Equal(config.QueryKeyNorm, weights.Contains(attention + "q_norm.weight"));
        Assert.Equal(config.DType, weights.DType("model.embed_tokens.weight"));
        Assert.False(weights.Contains($"model.layers.{config.Layers}.self_attn.q_proj.weight"));

        void AssertShape(string tensor, params long[] shape) =>
            Assert.Equal<long>(shape, weights.Shape(tensor));
    }

    [SkippableFact]
    public void The_reference_with_llama3_scaling_has_it() =>
        Assert.Equal(
            new RopeScaling.Llama3(8, 1, 4, 64),
            ModelFolder.Open(ReferenceData.Model("llama3-rope")).Config.RopeScaling);

    private static ModelConfig Parsed(string more) => ModelConfig.Parse(
        $$"""{ "architectures": ["LlamaForCausalLM"], {{Small}}, {{more}} }""");
}
