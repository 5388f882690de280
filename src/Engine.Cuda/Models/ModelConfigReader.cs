using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>From the keys of <c>config.json</c> to a <see cref="ModelConfig"/>.</summary>
/// <remarks>
/// What is absent gets the value that Hugging Face's configuration class of the family gives it.
/// </remarks>
internal static class ModelConfigReader
{
    private static readonly (string Architecture, string Type, ModelFamily Family)[] Families =
    [
        ("LlamaForCausalLM", "llama", ModelFamily.Llama),
        ("MistralForCausalLM", "mistral", ModelFamily.Mistral),
        ("Qwen2ForCausalLM", "qwen2", ModelFamily.Qwen2),
        ("Qwen3ForCausalLM", "qwen3", ModelFamily.Qwen3),
    ];

    public static ModelConfig Read(ConfigObject config)
    {
        var family = Family(config);
        RefuseUnsupported(config);
        var heads = config.PositiveInt("num_attention_heads");
        var (theta, scaling) = RopeReader.Read(config);
        var window = Window(config, family);
        // Llama's and Qwen3's flag speaks of all four projections, Qwen2 has biases on three
        // always.
        var attentionBias = family is ModelFamily.Llama or ModelFamily.Qwen3
            && config.Flag("attention_bias", false);
        return new()
        {
            Family = family,
            VocabularySize = config.PositiveInt("vocab_size"),
            HiddenSize = config.PositiveInt("hidden_size"),
            IntermediateSize = config.PositiveInt("intermediate_size"),
            Layers = config.PositiveInt("num_hidden_layers"),
            QueryHeads = heads,
            KeyValueHeads = KeyValueHeads(config, family, heads),
            HeadDim = HeadDim(config, family, heads),
            RmsNormEpsilon = config.PositiveNumberOrNull("rms_norm_eps") ?? 1e-6,
            RopeTheta = theta,
            RopeScaling = scaling,
            MaxPositions = Math.Min(
                config.PositiveInt("max_position_embeddings"), window ?? int.MaxValue),
            SlidingWindow = window,
            TieWordEmbeddings = config.Flag("tie_word_embeddings", false),
            QueryKeyValueBias = attentionBias || family == ModelFamily.Qwen2,
            AttentionOutputBias = attentionBias,
            MlpBias = family == ModelFamily.Llama && config.Flag("mlp_bias", false),
            QueryKeyNorm = family == ModelFamily.Qwen3,
            DType = DType(config),
        };
    }

    private static ModelFamily Family(ConfigObject config)
    {
        var architectures = config.Texts("architectures");
        foreach (var known in Families)
            if (architectures.Contains(known.Architecture))
                return known.Family;
        if (architectures.Count > 0)
            throw config.Problem("architectures", $"supported are {Names(f => f.Architecture)}");
        var type = config.TextOrNull("model_type");
        foreach (var known in Families)
            if (type == known.Type)
                return known.Family;
        throw config.Problem(
            type is null ? "architectures" : "model_type",
            type is null
                ? $"is missing; supported are {Names(f => f.Architecture)}"
                : $"supported are {Names(f => f.Type)}");
    }

    private static string Names(
        Func<(string Architecture, string Type, ModelFamily), string> name) =>
        string.Join(", ", Families.Select(name));

    private static void RefuseUnsupported(ConfigObject config)
    {
        if (config.TextOrNull("hidden_act") is not (null or "silu" or "swish"))
            throw config.Problem("hidden_act", "supported is silu");
        if (config.Has("quantization_config"))
            throw config.Problem(
                "quantization_config",
                "quantised weights are not supported; bfloat16, float16 and float32 are");
        if (config.NumberOrNull("partial_rotary_factor") is not (null or 1))
            throw config.Problem("partial_rotary_factor", "supported is 1, the whole head");
    }

    private static int KeyValueHeads(ConfigObject config, ModelFamily family, int heads)
    {
        var keyValueHeads = config.PositiveIntOrNull("num_key_value_heads")
            ?? (family == ModelFamily.Llama
                ? heads
                : throw config.Problem("num_key_value_heads", "is missing"));
        return heads % keyValueHeads == 0
            ? keyValueHeads
            : throw config.Problem(
                "num_key_value_heads", $"it must divide num_attention_heads, {heads}");
    }

    private static int HeadDim(ConfigObject config, ModelFamily family, int heads)
    {
        const int Qwen3HeadDim = 128;
        var given = config.PositiveIntOrNull("head_dim")
            ?? (family == ModelFamily.Qwen3 ? Qwen3HeadDim : null);
        var hidden = config.PositiveInt("hidden_size");
        if (given is null && hidden % heads != 0)
            throw config.Problem(
                "hidden_size", $"without head_dim, num_attention_heads, {heads}, must divide it");
        var headDim = given ?? hidden / heads;
        return headDim % 2 == 0
            ? headDim
            : throw config.Problem(
                given is null ? "hidden_size" : "head_dim",
                $"the rotation needs an even head_dim, not {headDim}");
    }

    private static int? Window(ConfigObject config, ModelFamily family)
    {
        const int MistralWindow = 4096;
        return family switch
        {
            ModelFamily.Mistral when !config.Names("sliding_window") => MistralWindow,
            ModelFamily.Mistral => config.PositiveIntOrNull("sliding_window"),
            ModelFamily.Qwen2 or ModelFamily.Qwen3 when config.Flag("use_sliding_window", false) =>
                config.PositiveIntOrNull("sliding_window"),
            _ => null,
        };
    }

    private static ScalarType DType(ConfigObject config)
    {
        var key = config.Has("dtype") ? "dtype" : "torch_dtype";
        return config.TextOrNull(key) switch
        {
            null or "float32" => ScalarType.Float32,
            "bfloat16" => ScalarType.BFloat16,
            "float16" => ScalarType.Float16,
            _ => throw config.Problem(key, "supported are float32, bfloat16, float16"),
        };
    }
}
