using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// The weights in float32, those of all layers stacked: [layer, ...]. So a step of the optimizer takes few
/// operations, whatever the number of layers.
/// </summary>
public sealed class Parameters : IDisposable
{
    private readonly TinyShape shape;

    private Parameters(TinyShape shape, Func<string, long[], Tensor> make)
    {
        this.shape = shape;
        var (hidden, layers, head) = (shape.Hidden, shape.Layers, shape.HeadDim);
        var (queries, keys) = (shape.QueryHeads * head, shape.KeyValueHeads * head);
        Embedding = make("embedding", [shape.Vocabulary, hidden]);
        Query = make("query", [layers, queries, hidden]);
        Key = make("key", [layers, keys, hidden]);
        Value = make("value", [layers, keys, hidden]);
        Output = make("output", [layers, hidden, queries]);
        Gate = make("gate", [layers, shape.Intermediate, hidden]);
        Up = make("up", [layers, shape.Intermediate, hidden]);
        Down = make("down", [layers, hidden, shape.Intermediate]);
        AttentionNorm = make("attention norm", [layers, hidden]);
        MlpNorm = make("mlp norm", [layers, hidden]);
        QueryNorm = make("query norm", [layers, head]);
        KeyNorm = make("key norm", [layers, head]);
        FinalNorm = make("final norm", [hidden]);
    }

    /// <summary>[vocabulary, hidden]; also the head.</summary>
    public Tensor Embedding { get; }

    /// <summary>[layer, query heads x head, hidden].</summary>
    public Tensor Query { get; }

    /// <summary>[layer, key heads x head, hidden].</summary>
    public Tensor Key { get; }

    /// <summary>[layer, key heads x head, hidden].</summary>
    public Tensor Value { get; }

    /// <summary>[layer, hidden, query heads x head].</summary>
    public Tensor Output { get; }

    /// <summary>[layer, intermediate, hidden].</summary>
    public Tensor Gate { get; }

    /// <summary>[layer, intermediate, hidden].</summary>
    public Tensor Up { get; }

    /// <summary>[layer, hidden, intermediate].</summary>
    public Tensor Down { get; }

    /// <summary>[layer, hidden].</summary>
    public Tensor AttentionNorm { get; }

    /// <summary>[layer, hidden].</summary>
    public Tensor MlpNorm { get; }

    /// <summary>[layer, head].</summary>
    public Tensor QueryNorm { get; }

    /// <summary>[layer, head].</summary>
    public Tensor KeyNorm { get; }

    /// <summary>[hidden].</summary>
    public Tensor FinalNorm { get; }

    /// <summary>The stacked matrices of the layers.</summary>
    public IReadOnlyList<Tensor> Matrices => [Query, Key, Value, Output, Gate, Up, Down];

    /// <summary>The embedding and the norms.</summary>
    public IReadOnlyList<Tensor> Others =>
        [Embedding, AttentionNorm, MlpNorm, QueryNorm, KeyNorm, FinalNorm];

    /// <summary>Fresh weights. What writes into the residual stream starts at zero.</summary>
    public static Parameters Fresh(TinyShape shape, Device device, Generator random) =>
        new(shape, (name, size) =>
        {
            using var start = name switch
            {
                _ when name.EndsWith("norm") => ones(size),
                "output" or "down" => zeros(size),
                "embedding" => randn(size, generator: random) * 0.02,
                _ => randn(size, generator: random) / Math.Sqrt(shape.Hidden),
            };
            return start.to(device, copy: true).requires_grad_(true);
        });

    /// <summary>Weights read by the names that Hugging Face gives them.</summary>
    public static Parameters Read(TinyShape shape, Device device, Func<string, Tensor> read) =>
        new(shape, (name, _) =>
        {
            using var scope = NewDisposeScope();
            var tensor = HuggingFaceName(name, 0) is null
                ? throw new ArgumentException($"There are no weights '{name}'.", nameof(name))
                : IsStacked(name)
                    ? stack(Enumerable.Range(0, shape.Layers).Select(l => read(HuggingFaceName(name, l)!)))
                    : read(HuggingFaceName(name, 0)!);
            return tensor.to(float32).to(device, copy: true).requires_grad_(true).MoveToOuterDisposeScope();
        });

    /// <summary>Views of the weights by the names that Hugging Face gives them, in the order of the file.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Named()
    {
        (string Name, Tensor Tensor)[] stacked =
        [
            ("attention norm", AttentionNorm), ("query", Query), ("key", Key), ("value", Value),
            ("output", Output), ("query norm", QueryNorm), ("key norm", KeyNorm), ("mlp norm", MlpNorm),
            ("gate", Gate), ("up", Up), ("down", Down),
        ];
        yield return new(HuggingFaceName("embedding", 0)!, Embedding);
        for (var layer = 0; layer < shape.Layers; layer++)
        {
            foreach (var (name, tensor) in stacked)
                yield return new(HuggingFaceName(name, layer)!, tensor[layer]);
        }
        yield return new(HuggingFaceName("final norm", 0)!, FinalNorm);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Matrices.Concat(Others)) tensor.Dispose();
    }

    private static bool IsStacked(string name) => name is not ("embedding" or "final norm");

    private static string? HuggingFaceName(string name, int layer) => name switch
    {
        "embedding" => "model.embed_tokens.weight",
        "final norm" => "model.norm.weight",
        "query" => $"model.layers.{layer}.self_attn.q_proj.weight",
        "key" => $"model.layers.{layer}.self_attn.k_proj.weight",
        "value" => $"model.layers.{layer}.self_attn.v_proj.weight",
        "output" => $"model.layers.{layer}.self_attn.o_proj.weight",
        "query norm" => $"model.layers.{layer}.self_attn.q_norm.weight",
        "key norm" => $"model.layers.{layer}.self_attn.k_norm.weight",
        "gate" => $"model.layers.{layer}.mlp.gate_proj.weight",
        "up" => $"model.layers.{layer}.mlp.up_proj.weight",
        "down" => $"model.layers.{layer}.mlp.down_proj.weight",
        "attention norm" => $"model.layers.{layer}.input_layernorm.weight",
        "mlp norm" => $"model.layers.{layer}.post_attention_layernorm.weight",
        _ => null,
    };
}
