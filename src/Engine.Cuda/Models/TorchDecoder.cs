using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// The decoder in torch's words, for any device and any sizes: the one to read, and what the
/// others are tested against.
/// </summary>
internal sealed class TorchDecoder : Decoder
{
    private readonly ModelConfig _config;
    private readonly DecoderWeights _weights;
    private readonly KvCache _cache;
    private readonly StepTokens _tokens;
    private readonly Device _device;
    private readonly Tensor _cosines;
    private readonly Tensor _sines;
    private readonly Tensor _epsilon;
    // TorchSharp makes an object of every number, also of the factors 1 of `a + b` and `a - b`,
    // which nobody holds during the native call: a collection at that moment frees it too early.
    // So the factors live here, and no operator takes a number.
    private readonly Scalar _one = 1;
    private readonly Scalar _minusOne = -1;
    private Tensor? _logits;

    /// <param name="config">The model.</param>
    /// <param name="weights">Stay the caller's.</param>
    /// <param name="cache">Zeros where nothing was written; stays the caller's.</param>
    /// <param name="rotary">One row for each position that a sequence may have.</param>
    public TorchDecoder(
        ModelConfig config, DecoderWeights weights, KvCache cache, RotaryTable rotary)
    {
        (_config, _weights, _cache) = (config, weights, cache);
        _device = weights.Embedding.device;
        _tokens = new(config.VocabularySize, cache.Blocks, rotary.Positions);
        long[] shape = [rotary.Positions, 1, rotary.Frequencies];
        _cosines = tensor(rotary.Cos, shape, device: _device);
        _sines = tensor(rotary.Sin, shape, device: _device);
        _epsilon = tensor((float)config.RmsNormEpsilon, device: _device);
    }

    /// <inheritdoc/>
    public override Tensor Forward(StepPlan plan)
    {
        _logits?.Dispose();
        _logits = null;
        using var scope = NewDisposeScope();
        _tokens.Read(plan);
        var step = Prepare(plan);
        var residual = _weights.Embedding.index_select(0, step.Ids).to(ScalarType.Float32);
        for (var i = 0; i < _weights.Layers.Length; i++)
            residual = Layer(i, residual, step);
        var sampled = residual.index_select(0, Column(_tokens.Sampled));
        _logits = linear(Norm(sampled, _weights.Norm), _weights.Head).MoveToOuterDisposeScope();
        return _logits;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _logits?.Dispose();
        _cosines.Dispose();
        _sines.Dispose();
        _epsilon.Dispose();
        _one.Dispose();
        _minusOne.Dispose();
    }

    private Tensor Layer(int index, Tensor residual, Step step)
    {
        using var scope = NewDisposeScope();
        var layer = _weights.Layers[index];
        var normed = Norm(residual, layer.InputNorm);
        var attended = Attend(index, linear(normed, layer.Qkv, layer.QkvBias), step);
        residual = Sum(residual, linear(attended, layer.Output, layer.OutputBias));
        normed = Norm(residual, layer.MlpNorm);
        var gateUp = linear(normed, layer.GateUp, layer.GateUpBias).chunk(2, -1);
        var activated = silu(gateUp[0]) * gateUp[1];
        return Sum(residual, linear(activated, layer.Down, layer.DownBias))
            .MoveToOuterDisposeScope();
    }

    private Tensor Attend(int index, Tensor qkv, Step step)
    {
        var layer = _weights.Layers[index];
        var (heads, kvHeads) = (_config.QueryHeads, _config.KeyValueHeads);
        var parts = qkv.view(_tokens.Count, heads + 2 * kvHeads, _config.HeadDim)
            .split([heads, kvHeads, kvHeads], 1);
        var queries = Rotate(parts[0], layer.QueryNorm, step);
        Write(_cache.Keys[index], Rotate(parts[1], layer.KeyNorm, step), step);
        Write(_cache.Values[index], parts[2], step);
        var attended = empty(
            [_tokens.Count, heads * _config.HeadDim], dtype: _weights.DType, device: _device);
        foreach (var group in step.Groups)
            attended.index_copy_(
                0, group.Targets,
                Attend(group, queries, _cache.Keys[index], _cache.Values[index]));
        return attended;
    }

    // Decoding rows: the query heads of a group stand where tokens would, as they see the same
    // keys.
    private Tensor Attend(AttentionGroup group, Tensor queries, Tensor keys, Tensor values)
    {
        var (heads, kvHeads, headDim) =
            (_config.QueryHeads, _config.KeyValueHeads, _config.HeadDim);
        var query = queries.index_select(0, group.Queries);
        var key = Gather(keys, group);
        var value = Gather(values, group);
        if (group.Tokens == 1)
            return scaled_dot_product_attention(
                query.view(group.Rows, kvHeads, heads / kvHeads, headDim), key, value, group.Mask)
                .reshape(group.Rows, heads * headDim);
        return scaled_dot_product_attention(
            query.view(group.Rows, group.Tokens, heads, headDim).transpose(1, 2),
            key.repeat_interleave(heads / kvHeads, 1), value.repeat_interleave(heads / kvHeads, 1),
            group.Mask)
            .transpose(1, 2).reshape(group.Rows * group.Tokens, heads * headDim)
            .index_select(0, group.Kept);
    }

    // [rows, kvHeads, blocks x blockSize, headDim]
    private Tensor Gather(Tensor cache, AttentionGroup group)
    {
        var (kvHeads, size, headDim) = (_config.KeyValueHeads, _cache.BlockSize, _config.HeadDim);
        return cache.index_select(0, group.Table)
            .view(group.Rows, group.Blocks, kvHeads, size, headDim)
            .permute(0, 2, 1, 3, 4)
            .reshape(group.Rows, kvHeads, group.Blocks * size, headDim);
    }

    private static void Write(Tensor cache, Tensor heads, Step step) =>
        cache.permute(0, 2, 1, 3).index_put_(heads, [step.Blocks, step.Offsets]);

    private Tensor Rotate(Tensor heads, Tensor? norm, Step step)
    {
        var x = heads.to(ScalarType.Float32);
        if (norm is not null)
            x = NormFloat(x, norm);
        var halves = x.chunk(2, -1);
        return cat(
            [
                (halves[0] * step.Cos).add(halves[1] * step.Sin, _minusOne),
                Sum(halves[1] * step.Cos, halves[0] * step.Sin),
            ],
            -1).to(_weights.DType);
    }

    private Tensor Norm(Tensor x, Tensor weight) => NormFloat(x, weight).to(_weights.DType);

    private Tensor NormFloat(Tensor x, Tensor weight) =>
        x * Sum((x * x).mean([-1], keepdim: true), _epsilon).rsqrt() * weight;

    private Tensor Sum(Tensor left, Tensor right) => left.add(right, _one);

    private Step Prepare(StepPlan plan)
    {
        var (blocks, offsets) = (new int[_tokens.Count], new int[_tokens.Count]);
        for (var token = 0; token < _tokens.Count; token++)
        {
            var table = plan.BlockTables[_tokens.Rows[token]];
            (var block, offsets[token]) = Math.DivRem(_tokens.Positions[token], plan.BlockSize);
            blocks[token] = table[block].Value;
        }
        var positions = Column(_tokens.Positions);
        return new(
            Column(_tokens.Ids), Column(blocks), Column(offsets),
            _cosines.index_select(0, positions), _sines.index_select(0, positions),
            AttentionGroup.Of(plan, _tokens, _weights.DType, _device));
    }

    private Tensor Column(ReadOnlySpan<int> values) =>
        tensor(values.ToArray(), dtype: ScalarType.Int64, device: _device);

    private sealed record Step(
        Tensor Ids, Tensor Blocks, Tensor Offsets, Tensor Cos, Tensor Sin, AttentionGroup[] Groups);
}
