using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Native;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// The decoder as launches of kernels and matrix products into one stream: no call of torch, no
/// allocation, no wait. It computes what <see cref="TorchDecoder"/> does; the
/// residual stream is float32 as there, and projections add to it as they are computed.
/// </summary>
internal sealed partial class CudaDecoder : IDisposable
{
    private readonly ModelConfig _config;
    private readonly Device _device;
    private readonly DecoderKernels _kernels;
    private readonly FewRowsProducts _few;
    private readonly ManyRowsGates _many;
    private readonly TileMaps? _maps;
    private readonly MatrixProducts _products;
    private readonly CudaBuffers _buffers;
    private readonly ImmutableArray<Layer> _layers;
    private readonly nint _embedding, _norm, _head, _logits, _cosines, _sines;
    private readonly Tensor _cosineTable, _sineTable;
    private readonly float _epsilon;
    private readonly bool _isBFloat16;

    /// <param name="config">The model.</param>
    /// <param name="weights">Stay the caller's, as does all that follows.</param>
    /// <param name="cache">Where K and V go.</param>
    /// <param name="rotary">One row for each position that a sequence may have.</param>
    /// <param name="kernels">For the model's sizes.</param>
    /// <param name="buffers">For the longest step.</param>
    /// <param name="stream">The kernels' own.</param>
    /// <param name="choices">What products are tuned to; null: nothing is kept.</param>
    public CudaDecoder(
        ModelConfig config, DecoderWeights weights, KvCache cache, RotaryTable rotary,
        DecoderKernels kernels, CudaBuffers buffers, CudaStream stream, ProductChoices? choices)
    {
        (_config, _kernels, _buffers) = (config, kernels, buffers);
        (_few, _many) = (kernels.Few, kernels.Many);
        _device = weights.Embedding.device;
        _epsilon = (float)config.RmsNormEpsilon;
        _isBFloat16 = weights.DType == ScalarType.BFloat16;
        _layers =
        [
            .. weights.Layers.Select(
                (layer, i) => new Layer(layer, cache.Keys[i], cache.Values[i])),
        ];
        (_embedding, _norm, _head, _logits) = (
            Address(weights.Embedding), Address(weights.Norm), Address(weights.Head),
            Address(buffers.Logits));
        long[] shape = [rotary.Positions, rotary.Frequencies];
        _cosineTable = tensor(rotary.Cos, shape, device: _device);
        _sineTable = tensor(rotary.Sin, shape, device: _device);
        (_cosines, _sines) = (Address(_cosineTable), Address(_sineTable));
        _products = new(
            stream, MatrixProducts.TypeOf(weights.DType), buffers.Workspace, choices);
        _maps = _many.Works(config.HiddenSize, config.IntermediateSize)
            ? new(_device, weights.DType, [.. Tiled()])
            : null;
    }

    private int Inner => _config.QueryHeads * _config.HeadDim;

    private int Width => Inner + 2 * _config.KeyValueHeads * _config.HeadDim;

    /// <summary>
    /// Writes K and V of all tokens, and the logits of the rows that sample to
    /// <see cref="CudaBuffers.Logits"/>, once the stream comes to it.
    /// </summary>
    public void Forward(StepColumns step)
    {
        _kernels.Embed(
            _embedding, step.Ids, _buffers.Drawn, _buffers.Residual, step.Tokens,
            _config.HiddenSize, _config.VocabularySize);
        var squares = default(RowSquares);
        for (var i = 0; i < _layers.Length; i++)
        {
            squares = Attention(_layers[i], step, squares);
            squares = FeedForward(i, step.Tokens, squares);
        }
        if (step.Samples == 0)
            return;
        Norm(_norm, step.Samples, step.Sampled);
        Multiply(
            _buffers.Normed, _head, _logits, step.Samples, _config.HiddenSize,
            _config.VocabularySize, isWide: true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _products.Dispose();
        _maps?.Dispose();
        _cosineTable.Dispose();
        _sineTable.Dispose();
    }

    // squares: of the residual stream where the norm in front is prepared; gives those of the next.
    private RowSquares Attention(Layer layer, StepColumns step, RowSquares squares)
    {
        MultiplyNorm(layer.InputNorm, layer.Qkv, _buffers.Qkv, step.Tokens, Width, squares);
        if (step.IsDecode && _kernels.AttendsNewQueries)
            _kernels.AttendNewQueries(
                _buffers.Qkv, layer.Keys, layer.Values, step.Blocks, step.Lengths, step.Tables,
                step.Units, _buffers.Attended, _buffers.Partials, _buffers.Counters, step.Queries,
                layer.QkvBias, layer.QueryNorm, layer.KeyNorm, _cosines, _sines, step.Positions,
                step.Slots, _epsilon);
        else
        {
            _kernels.WriteQueryKeyValue(
                _buffers.Qkv, layer.QkvBias, layer.QueryNorm, layer.KeyNorm, _cosines, _sines,
                step.Positions, step.Slots, layer.Keys, layer.Values, step.Tokens, _epsilon);
            Attend(layer, step);
        }
        var prepares = layer.GateUpBias == 0
            && Prepares(layer.OutputBias, step.Tokens, 2 * _config.IntermediateSize);
        return Add(
            _buffers.Attended, layer.Output, layer.OutputBias, step.Tokens, Inner,
            prepares ? layer.MlpNorm : 0);
    }

    private void Attend(Layer layer, StepColumns step)
    {
        if (step.Tiles > 0)
            _kernels.AttendTiles(
                _buffers.Qkv, layer.Keys, layer.Values, step.Blocks, step.TileColumn,
                _buffers.Attended, step.Tiles);
        if (step.Queries == 0)
            return;
        _kernels.AttendQueries(
            _buffers.Qkv, layer.Keys, layer.Values, step.Blocks, step.QueryTokens, step.Lengths,
            step.Tables, step.Units, _buffers.Attended, _buffers.Partials, _buffers.Counters,
            step.Queries);
    }

    private RowSquares FeedForward(int index, int tokens, RowSquares squares)
    {
        var (layer, intermediate) = (_layers[index], _config.IntermediateSize);
        var next = index + 1 < _layers.Length ? _layers[index + 1] : null;
        if (GatesFew(layer, tokens))
            GateFew(layer, tokens, squares);
        else
        {
            Norm(layer.MlpNorm, tokens);
            Gate(index, tokens);
        }
        return Add(
            _buffers.Activated, layer.Down, layer.DownBias, tokens, intermediate,
            next is not null && Prepares(layer.DownBias, tokens, Width) ? next.InputNorm : 0);
    }

    private void Gate(int index, int tokens)
    {
        var (layer, hidden, intermediate) = (
            _layers[index], _config.HiddenSize, _config.IntermediateSize);
        if (GatesMany(layer, tokens))
        {
            _many.Gate(
                _maps![0], _maps[1 + index], _buffers.Activated, tokens, hidden, intermediate);
            return;
        }
        Multiply(
            _buffers.Normed, layer.GateUp, _buffers.GateUp, tokens, hidden, 2 * intermediate);
        _kernels.SiluMultiply(
            _buffers.GateUp, layer.GateUpBias, _buffers.Activated, tokens, intermediate);
    }

    // What gates of many rows are computed of: their input, and the weights of each layer.
    private IEnumerable<TiledMatrix> Tiled() => _layers
        .Select(layer => new TiledMatrix(
            layer.GateUp, 2 * _config.IntermediateSize, _config.HiddenSize,
            ManyRowsGates.TileOutputs))
        .Prepend(new(
            _buffers.Normed, _buffers.Tokens, _config.HiddenSize, ManyRowsGates.TileRows));

    private bool GatesFew(Layer layer, int tokens) =>
        layer.GateUpBias == 0
        && _few.Takes(tokens, _config.HiddenSize, 2 * _config.IntermediateSize);

    private bool GatesMany(Layer layer, int tokens) =>
        _maps is not null && layer.GateUpBias == 0
        && _many.Takes(tokens, _config.IntermediateSize);

    private void GateFew(Layer layer, int tokens, RowSquares squares)
    {
        var (hidden, intermediate) = (_config.HiddenSize, _config.IntermediateSize);
        if (!squares.ArePrepared && FewRowsProducts.TakesNorm(tokens, hidden))
        {
            _few.GateNormed(
                _buffers.Residual, layer.MlpNorm, layer.GateUp, _buffers.Activated, tokens, hidden,
                intermediate, _epsilon);
            return;
        }
        if (!squares.ArePrepared)
            Norm(layer.MlpNorm, tokens);
        _few.Gate(
            _buffers.Normed, layer.GateUp, _buffers.Activated, tokens, hidden, intermediate,
            squares);
    }

    // Whether a sum prepares the norm of the product behind it, of so many outputs. That of one row
    // the product computes as fast itself; float16 would not hold what is not divided yet.
    private bool Prepares(nint bias, int rows, int outputs) =>
        _isBFloat16 && rows > 1 && bias == 0 && _few.Takes(rows, _config.HiddenSize, outputs);

    // The norm of the first rows of the residual stream, times weights.
    private void MultiplyNorm(
        nint norm, nint weights, nint output, int rows, int outputs, RowSquares squares)
    {
        var hidden = _config.HiddenSize;
        var takes = _few.Takes(rows, hidden, outputs);
        if (!squares.ArePrepared && takes && FewRowsProducts.TakesNorm(rows, hidden))
        {
            _few.MultiplyNormed(
                _buffers.Residual, norm, weights, output, rows, hidden, outputs, _epsilon);
            return;
        }
        if (!squares.ArePrepared)
            Norm(norm, rows);
        if (takes)
            _few.Multiply(_buffers.Normed, weights, output, rows, hidden, outputs, squares);
        else
            Multiply(_buffers.Normed, weights, output, rows, hidden, outputs);
    }

    private void Norm(nint weight, int count, nint rows = 0) =>
        _kernels.RmsNorm(
            _buffers.Residual, rows, weight, _buffers.Normed, count, _config.HiddenSize,
            _epsilon);

    private void Multiply(
        nint input, nint weights, nint output, int rows, int inputs, int outputs,
        bool isWide = false) =>
        _products.Multiply(
            new(rows, inputs, outputs, IsAdded: false, isWide), input, weights, output);

    // nextNorm: what the product behind it is normed with, to be prepared; 0: nothing is.
    private RowSquares Add(
        nint input, nint weights, nint bias, int rows, int inputs, nint nextNorm)
    {
        var hidden = _config.HiddenSize;
        var squares = default(RowSquares);
        if (_few.Takes(rows, inputs, hidden))
            squares = _few.Add(
                input, weights, _buffers.Residual, rows, inputs, hidden,
                new(nextNorm, _buffers.Normed, _buffers.Squares), _epsilon);
        else
            _products.Multiply(
                new(rows, inputs, hidden, IsAdded: true, IsWide: true), input, weights,
                _buffers.Residual);
        if (bias != 0)
            _kernels.AddBias(_buffers.Residual, bias, rows, hidden);
        return squares;
    }

    private static unsafe nint Address(Tensor? tensor) =>
        tensor is null ? 0 : (nint)TensorMemory.Pointer(tensor);

    /// <summary>Addresses of a layer's weights and cache; 0 where there is none.</summary>
    private sealed class Layer(LayerWeights weights, Tensor keys, Tensor values)
    {
        public nint InputNorm { get; } = Address(weights.InputNorm);

        public nint Qkv { get; } = Address(weights.Qkv);

        public nint QkvBias { get; } = Address(weights.QkvBias);

        public nint QueryNorm { get; } = Address(weights.QueryNorm);

        public nint KeyNorm { get; } = Address(weights.KeyNorm);

        public nint Output { get; } = Address(weights.Output);

        public nint OutputBias { get; } = Address(weights.OutputBias);

        public nint MlpNorm { get; } = Address(weights.MlpNorm);

        public nint GateUp { get; } = Address(weights.GateUp);

        public nint GateUpBias { get; } = Address(weights.GateUpBias);

        public nint Down { get; } = Address(weights.Down);

        public nint DownBias { get; } = Address(weights.DownBias);

        public nint Keys { get; } = Address(keys);

        public nint Values { get; } = Address(values);
    }
}
