using System.Collections.Immutable;
using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>All weights of a decoder, projections that share their input fused.</summary>
internal sealed class DecoderWeights : IDisposable
{
    private readonly List<Tensor> _owned = [];
    private readonly ScalarType _dtype;
    private readonly Device _device;
    private readonly Action<string, Tensor> _fill;
    private readonly bool _isLent;

    private DecoderWeights(DecoderWeights lender)
    {
        (_dtype, _device, _fill) = (lender._dtype, lender._device, lender._fill);
        (Embedding, Layers, Norm, Head) =
            (lender.Embedding, lender.Layers, lender.Norm, lender.Head);
        (_owned, _isLent) = (lender._owned, true);
    }

    private DecoderWeights(
        ModelConfig config, ScalarType dtype, Device device, Action<string, Tensor> fill)
    {
        (_dtype, _device, _fill) = (dtype, device, fill);
        try
        {
            Embedding = One("model.embed_tokens.weight", config.VocabularySize, config.HiddenSize);
            Layers = [.. Enumerable.Range(0, config.Layers).Select(layer => Layer(config, layer))];
            Norm = One("model.norm.weight", config.HiddenSize);
            Head = config.TieWordEmbeddings
                ? Embedding
                : One("lm_head.weight", config.VocabularySize, config.HiddenSize);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>[vocabulary, hidden].</summary>
    public Tensor Embedding { get; }

    public ImmutableArray<LayerWeights> Layers { get; }

    /// <summary>[hidden].</summary>
    public Tensor Norm { get; }

    /// <summary>[vocabulary, hidden]; the embedding itself where the two are tied.</summary>
    public Tensor Head { get; }

    public ScalarType DType => _dtype;

    /// <summary>Bytes of all of them.</summary>
    public long Bytes => _owned.Sum(BytesOf);

    /// <summary>
    /// Bytes that a step reads: everything but an embedding that is not also the head.
    /// </summary>
    public long BytesPerStep =>
        Bytes - (ReferenceEquals(Head, Embedding) ? 0 : BytesOf(Embedding));

    /// <summary>Bytes that a model's weights will have.</summary>
    public static long BytesOf(ModelConfig config, ScalarType dtype)
    {
        long hidden = config.HiddenSize, intermediate = config.IntermediateSize;
        long inner = (long)config.QueryHeads * config.HeadDim;
        var qkv = inner + 2L * config.KeyValueHeads * config.HeadDim;
        var layer = 2 * hidden + qkv * hidden + inner * hidden + 3 * intermediate * hidden
            + (config.QueryKeyNorm ? 2 * config.HeadDim : 0)
            + (config.QueryKeyValueBias ? qkv : 0)
            + (config.AttentionOutputBias ? hidden : 0)
            + (config.MlpBias ? 2 * intermediate + hidden : 0);
        var tables = (config.TieWordEmbeddings ? 1 : 2) * (long)config.VocabularySize * hidden;
        return (tables + hidden + config.Layers * layer) * dtype.ElementSize();
    }

    /// <summary>The same weights for another user, who does not free them.</summary>
    public DecoderWeights Lend() => new(this);

    /// <summary>Reads a model's weights, each straight to its place.</summary>
    /// <exception cref="ModelFileException">
    /// A tensor is missing or has another shape or type.
    /// </exception>
    /// <exception cref="DeviceMemoryException">They do not fit.</exception>
    public static DecoderWeights Load(
        WeightFiles files, ModelConfig config, ScalarType dtype, Device device) =>
        new(config, dtype, device, files.LoadInto);

    /// <summary>Weights drawn from a normal distribution, norms of 1: for measurements.</summary>
    public static DecoderWeights Random(
        ModelConfig config, ScalarType dtype, Device device, long seed)
    {
        // TorchSharp's generators are the CPU's, whatever device they are given: elsewhere torch's
        // own one draws.
        using var generator = device.type == DeviceType.CPU
            ? new Generator((ulong)seed, device)
            : null;
        if (generator is null)
            random.manual_seed(seed).Dispose();
        return new(config, dtype, device, (name, target) => Draw(name, target, generator));
    }

    /// <summary>
    /// The weights that <see cref="Random"/> draws on a CPU, on any device: whose random numbers
    /// are others. Slow for large models.
    /// </summary>
    public static DecoderWeights RandomOfCpu(
        ModelConfig config, ScalarType dtype, Device device, long seed)
    {
        using var generator = new Generator((ulong)seed, CPU);
        return new(config, dtype, device, (name, target) =>
        {
            using var drawn = empty(target.shape, dtype: target.dtype, device: CPU);
            Draw(name, drawn, generator);
            target.copy_(drawn);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isLent)
            return;
        foreach (var tensor in _owned)
            tensor.Dispose();
        _owned.Clear();
    }

    private LayerWeights Layer(ModelConfig config, int layer)
    {
        var (hidden, headDim) = (config.HiddenSize, config.HeadDim);
        var (query, keyValue) = (config.QueryHeads * headDim, config.KeyValueHeads * headDim);
        var prefix = $"model.layers.{layer}";
        var (attention, mlp) = ($"{prefix}.self_attn", $"{prefix}.mlp");
        Part[] qkv =
        [
            new($"{attention}.q_proj", query),
            new($"{attention}.k_proj", keyValue),
            new($"{attention}.v_proj", keyValue),
        ];
        Part[] gateUp =
        [
            new($"{mlp}.gate_proj", config.IntermediateSize),
            new($"{mlp}.up_proj", config.IntermediateSize),
        ];
        return new(
            One($"{prefix}.input_layernorm.weight", hidden),
            Fused("weight", qkv, hidden),
            config.QueryKeyValueBias ? Fused("bias", qkv) : null,
            config.QueryKeyNorm ? One($"{attention}.q_norm.weight", headDim) : null,
            config.QueryKeyNorm ? One($"{attention}.k_norm.weight", headDim) : null,
            One($"{attention}.o_proj.weight", hidden, query),
            config.AttentionOutputBias ? One($"{attention}.o_proj.bias", hidden) : null,
            One($"{prefix}.post_attention_layernorm.weight", hidden),
            Fused("weight", gateUp, hidden),
            config.MlpBias ? Fused("bias", gateUp) : null,
            One($"{mlp}.down_proj.weight", hidden, config.IntermediateSize),
            config.MlpBias ? One($"{mlp}.down_proj.bias", hidden) : null);
    }

    private Tensor One(string name, params long[] shape)
    {
        var tensor = Allocate(shape);
        _fill(name, tensor);
        return tensor;
    }

    private Tensor Fused(string kind, Part[] parts, params long[] inputs)
    {
        var tensor = Allocate([parts.Sum(part => part.Outputs), .. inputs]);
        long first = 0;
        foreach (var part in parts)
        {
            using var view = tensor.narrow(0, first, part.Outputs);
            _fill($"{part.Name}.{kind}", view);
            first += part.Outputs;
        }
        return tensor;
    }

    private Tensor Allocate(long[] shape)
    {
        try
        {
            var tensor = empty(shape, dtype: _dtype, device: _device).WithHugePages();
            _owned.Add(tensor);
            return tensor;
        }
        catch (ExternalException cause)
        {
            throw new DeviceMemoryException(
                shape.Aggregate(1L, (product, size) => product * size) * _dtype.ElementSize(),
                $"{_device}", cause);
        }
    }

    private static void Draw(string name, Tensor target, Generator? generator)
    {
        using var _ = no_grad();
        if (name.EndsWith("norm.weight", StringComparison.Ordinal))
            Fill(target, 1);
        else
            target.normal_(0, 0.02, generator);
    }

    // Held until it is filled: a collection could free a number that nobody holds before.
    private static void Fill(Tensor target, int value)
    {
        using Scalar number = value;
        target.fill_(number);
    }

    private static long BytesOf(Tensor tensor) => tensor.NumberOfElements * tensor.ElementSize;

    private readonly record struct Part(string Name, long Outputs);
}
