using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace SkPaged.TinyModel.Training;

/// <summary>
/// The decoder as training runs it: whole sequences, no cache. Weights are rounded to the compute type in
/// each pass, so the model learns with the values that will be shipped.
/// </summary>
public sealed class Decoder : IDisposable
{
    private readonly TinyShape shape;
    private readonly Parameters parameters;
    private readonly ScalarType type;
    private readonly FusedOps fused;
    private readonly Tensor cos;
    private readonly Tensor sin;

    /// <summary>A decoder over the given weights, which stay the caller's.</summary>
    public Decoder(TinyShape shape, Parameters parameters, ScalarType type)
    {
        (this.shape, this.parameters, this.type) = (shape, parameters, type);
        fused = new FusedOps(shape);
        (cos, sin) = Rotations(parameters.Embedding.device);
    }

    /// <summary>The hidden states after the last norm: [batch, time, hidden].</summary>
    /// <param name="tokens">[batch, time], int64.</param>
    public Tensor Hidden(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var layers = LayerWeights();
        var time = tokens.shape[1];
        var (cosines, sines) = (cos[..(int)time], sin[..(int)time]);
        var state = fused.Embedding(parameters.Embedding, tokens).to(type);
        foreach (var layer in layers)
        {
            state = state + Attention(fused.Norm(state, layer.AttentionNorm), layer, cosines, sines);
            state = state + Mlp(fused.Norm(state, layer.MlpNorm), layer);
        }
        return fused.Norm(state, parameters.FinalNorm.to(type)).MoveToOuterDisposeScope();
    }

    /// <summary>The logits of some places: [places, vocabulary].</summary>
    /// <param name="tokens">[batch, time], int64.</param>
    /// <param name="places">Indices into the flattened tokens, int64.</param>
    public Tensor Logits(Tensor tokens, Tensor places)
    {
        using var scope = NewDisposeScope();
        var states = Hidden(tokens).flatten(0, 1).index_select(0, places);
        return functional.linear(states, parameters.Embedding.to(type)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        fused.Dispose();
        cos.Dispose();
        sin.Dispose();
    }

    private Tensor Attention(Tensor x, Layer layer, Tensor cosines, Tensor sines)
    {
        var (batch, time, head) = (x.shape[0], x.shape[1], shape.HeadDim);
        var rotated = shape.QueryHeads + shape.KeyValueHeads;
        var heads = functional.linear(x, layer.QueryKeyValue)
            .view(batch, time, rotated + shape.KeyValueHeads, head)
            .split([rotated, shape.KeyValueHeads], dim: 2);
        var qk = fused.Rotated(heads[0], layer.HeadNorm, cosines, sines)
            .transpose(1, 2).split([shape.QueryHeads, shape.KeyValueHeads], dim: 1);
        var mixed = fused.Attention(qk[0], qk[1], heads[1].transpose(1, 2));
        return functional.linear(mixed.transpose(1, 2).flatten(2), layer.Output);
    }

    private Tensor Mlp(Tensor x, Layer layer) =>
        functional.linear(fused.Gated(functional.linear(x, layer.GateUp)), layer.Down);

    private (Tensor Cos, Tensor Sin) Rotations(Device device)
    {
        using var scope = NewDisposeScope();
        var half = shape.HeadDim / 2;
        var exponents = arange(half, dtype: float64) / half;
        var frequencies = pow(tensor(TinyShape.RopeTheta, dtype: float64), -exponents);
        var angles = outer(arange(shape.Positions, dtype: float64), frequencies).unsqueeze(1);
        return (angles.cos().to(type).to(device, copy: true).MoveToOuterDisposeScope(),
            angles.sin().to(type).to(device, copy: true).MoveToOuterDisposeScope());
    }

    private Layer[] LayerWeights()
    {
        var p = parameters;
        var headNorm = cat([
            p.QueryNorm.unsqueeze(1).expand(-1, shape.QueryHeads, -1),
            p.KeyNorm.unsqueeze(1).expand(-1, shape.KeyValueHeads, -1)], dim: 1).to(type).unbind();
        var attention = cat([p.Query, p.Key, p.Value], dim: 1).to(type).unbind();
        var output = p.Output.to(type).unbind();
        var gateUp = cat([p.Gate, p.Up], dim: 1).to(type).unbind();
        var down = p.Down.to(type).unbind();
        var attentionNorm = p.AttentionNorm.to(type).unbind();
        var mlpNorm = p.MlpNorm.to(type).unbind();
        return [.. Enumerable.Range(0, shape.Layers).Select(l => new Layer(
            attentionNorm[l], attention[l], headNorm[l], output[l], mlpNorm[l], gateUp[l], down[l]))];
    }

    private readonly record struct Layer(
        Tensor AttentionNorm, Tensor QueryKeyValue, Tensor HeadNorm, Tensor Output,
        Tensor MlpNorm, Tensor GateUp, Tensor Down);
}
