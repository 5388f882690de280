using System.Text.Json.Nodes;

namespace SkPaged.TinyModel.Training;

/// <summary>The sizes of the model. The form is Qwen3's: RMS norms on each head of queries and keys.</summary>
/// <param name="Vocabulary">Rows of the embedding, which is also the head.</param>
/// <param name="Layers">Decoder layers.</param>
/// <param name="Hidden">Elements of a token's hidden state.</param>
/// <param name="QueryHeads">Heads of the queries.</param>
/// <param name="KeyValueHeads">Heads of the keys and values.</param>
/// <param name="HeadDim">Elements of a head.</param>
/// <param name="Intermediate">Elements inside the feed-forward network.</param>
/// <param name="Positions">The longest sequence in tokens.</param>
public sealed record TinyShape(
    int Vocabulary, int Layers, int Hidden, int QueryHeads, int KeyValueHeads, int HeadDim,
    int Intermediate, int Positions)
{
    /// <summary>The base of the rotary frequencies.</summary>
    public const double RopeTheta = 10_000;

    /// <summary>What RMS norms add to the mean square.</summary>
    public const double NormEpsilon = 1e-6;

    /// <summary>The shape that is shipped.</summary>
    public static TinyShape Shipped(int vocabulary) => new(vocabulary, 8, 256, 8, 4, 32, 704, 2048);

    /// <summary>How many parameters there are.</summary>
    public long Parameters =>
        ((long)Vocabulary * Hidden) + Hidden + (Layers * (
            (2L * Hidden * QueryHeads * HeadDim) + (2L * Hidden * KeyValueHeads * HeadDim)
            + (3L * Hidden * Intermediate) + (2L * Hidden) + (2L * HeadDim)));

    /// <summary>The <c>config.json</c> of the model.</summary>
    public JsonObject Config(int endOfMessage, int padding) => new()
    {
        ["architectures"] = new JsonArray("Qwen3ForCausalLM"),
        ["model_type"] = "qwen3",
        ["vocab_size"] = Vocabulary,
        ["hidden_size"] = Hidden,
        ["intermediate_size"] = Intermediate,
        ["num_hidden_layers"] = Layers,
        ["num_attention_heads"] = QueryHeads,
        ["num_key_value_heads"] = KeyValueHeads,
        ["head_dim"] = HeadDim,
        ["hidden_act"] = "silu",
        ["attention_bias"] = false,
        ["attention_dropout"] = 0.0,
        ["rms_norm_eps"] = NormEpsilon,
        ["rope_theta"] = RopeTheta,
        ["rope_scaling"] = null,
        ["max_position_embeddings"] = Positions,
        ["sliding_window"] = null,
        ["use_sliding_window"] = false,
        ["tie_word_embeddings"] = true,
        ["initializer_range"] = 0.02,
        ["use_cache"] = true,
        ["bos_token_id"] = null,
        ["eos_token_id"] = endOfMessage,
        ["pad_token_id"] = padding,
        ["torch_dtype"] = "bfloat16",
    };
}
