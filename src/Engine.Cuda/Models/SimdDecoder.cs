using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// The decoder for CPUs: own kernels between the projections, which read K and V where they lie.
/// What a projection reads and writes is rounded to T; everything between is float32.
/// </summary>
internal sealed unsafe class SimdDecoder<T> : Decoder
    where T : unmanaged, IElement<T>
{
    // Elements that one chunk of row-by-row work should have: some microseconds.
    private const int ElementsPerChunk = 1 << 12;

    private readonly ModelConfig _config;
    private readonly AttentionShape _shape;
    private readonly KvCache _cache;
    private readonly RotaryTable _rotary;
    private readonly WorkerTeam _team;
    private readonly StepTokens _tokens;
    private readonly AttentionTiles _tiles = new();
    private readonly SimdBuffers<T> _buffers;
    private readonly SimdLayer<T>[] _layers;
    private readonly Projection<T> _head;
    private readonly T* _embedding;
    private readonly T* _norm;
    private readonly Action<int, int> _embed;
    private readonly Action<int, int> _normalize;
    private readonly Action<int, int> _rotate;
    private readonly Action<int, int> _attend;
    private readonly Action<int, int> _activate;
    private readonly Action<int, int> _finish;
    private StepPlan _plan = null!;
    private SimdLayer<T> _layer = null!;
    private T* _normWeight;
    private bool _addsDelta;
    private int _rows;
    private int _rowsPerChunk;
    private int _headGroups;

    /// <param name="config">The model, which <see cref="Supports"/>.</param>
    /// <param name="weights">
    /// On the CPU, in T; stay the caller's, but for no other use: they may be packed in place.
    /// </param>
    /// <param name="cache">On the CPU, in T; stays the caller's.</param>
    /// <param name="rotary">One row for each position that a sequence may have.</param>
    /// <param name="team">Who computes; stays the caller's.</param>
    /// <param name="tokensMax">Tokens a step may have.</param>
    /// <param name="samplesMax">Rows of a step that may sample.</param>
    public SimdDecoder(
        ModelConfig config, DecoderWeights weights, KvCache cache, RotaryTable rotary,
        WorkerTeam team, int tokensMax, int samplesMax)
    {
        (_config, _cache, _rotary, _team) = (config, cache, rotary, team);
        _shape = new(config.QueryHeads, config.KeyValueHeads, config.HeadDim, cache.BlockSize);
        _tokens = new(config.VocabularySize, cache.Blocks, rotary.Positions);
        _buffers = new(config, _shape, tokensMax, samplesMax, team.Size);
        _layers =
        [
            .. weights.Layers.Select((layer, i) =>
                new SimdLayer<T>(team, layer, _buffers, cache.Keys[i], cache.Values[i])),
        ];
        _head = new(
            team, weights.Head, null, _buffers.Final, _buffers.Logits, _buffers.Packed,
            inPlace: !ReferenceEquals(weights.Head, weights.Embedding));
        _embedding = (T*)TensorMemory.Pointer(weights.Embedding);
        _norm = (T*)TensorMemory.Pointer(weights.Norm);
        (_embed, _normalize, _rotate) = (Embed, Normalize, Rotate);
        (_attend, _activate, _finish) = (Attend, Activate, Finish);
    }

    /// <summary>Whether the kernels' vectors divide the model's sizes.</summary>
    public static bool Supports(ModelConfig config)
    {
        const int Length = IElement<T>.PairLength;
        return config.HiddenSize % Length == 0
            && config.HeadDim % Length == 0
            && config.IntermediateSize % Length == 0;
    }

    /// <inheritdoc/>
    public override Tensor Forward(StepPlan plan)
    {
        _plan = plan;
        _tokens.Read(plan);
        _tiles.Cut(plan, _tokens, _shape.TokensPerTile);
        _buffers.ThrowIfTooSmall(_tokens);
        _rows = _tokens.Count;
        // A block's heads lie side by side: one worker takes all where there is enough to share.
        _headGroups = _tiles.Count >= 4 * _team.Size ? 1 : _shape.KeyValueHeads;
        Each(_rows, _config.HiddenSize, _embed);
        _addsDelta = false;
        foreach (var layer in _layers)
            Layer(layer);
        Each(_tokens.SampledCount, _config.HiddenSize, _finish);
        if (_tokens.SampledCount > 0)
            _head.Apply(_tokens.SampledCount);
        return _buffers.Logits.Top(_tokens.SampledCount);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (var layer in _layers)
            layer.Dispose();
        _head.Dispose();
        _buffers.Dispose();
    }

    private void Layer(SimdLayer<T> layer)
    {
        _layer = layer;
        Normalize(layer.InputNorm);
        layer.Qkv.Apply(_rows);
        Each(_rows, _shape.QkvStride, _rotate);
        _team.Run(_tiles.Count * _headGroups, _attend);
        layer.Output.Apply(_rows);
        _addsDelta = true;
        Normalize(layer.MlpNorm);
        layer.GateUp.Apply(_rows);
        Each(_rows, _config.IntermediateSize, _activate);
        layer.Down.Apply(_rows);
    }

    private void Normalize(T* weight)
    {
        _normWeight = weight;
        Each(_rows, _config.HiddenSize, _normalize);
    }

    private void Each(int rows, int width, Action<int, int> chunk)
    {
        _rowsPerChunk = Math.Max(1, ElementsPerChunk / width);
        _team.Run((rows + _rowsPerChunk - 1) / _rowsPerChunk, chunk);
    }

    private (int First, int End) RowsOf(int chunk, int rows) =>
        (chunk * _rowsPerChunk, Math.Min(rows, (chunk + 1) * _rowsPerChunk));

    private void Embed(int chunk, int worker)
    {
        var (first, end) = RowsOf(chunk, _rows);
        for (var row = first; row < end; row++)
            Rowwise<T>.Widen(
                _embedding + (nint)_tokens.Ids[row] * _config.HiddenSize,
                (float*)_buffers.Residual.Row(row), _config.HiddenSize);
    }

    private void Normalize(int chunk, int worker)
    {
        var (first, end) = RowsOf(chunk, _rows);
        for (var row = first; row < end; row++)
        {
            var residual = (float*)_buffers.Residual.Row(row);
            if (_addsDelta)
                Rowwise<T>.Add(residual, _buffers.Delta.Row(row), _config.HiddenSize);
            Rowwise<T>.RmsNorm(
                residual, _normWeight, _buffers.Normed.Row(row), _config.HiddenSize,
                (float)_config.RmsNormEpsilon);
        }
    }

    // Queries stay where they are; keys and values go to their slots in the cache.
    private void Rotate(int chunk, int worker)
    {
        var (first, end) = RowsOf(chunk, _rows);
        var (d, epsilon) = (_config.HeadDim, (float)_config.RmsNormEpsilon);
        var nextHead = _shape.HeadOffset(0, head: 1);
        fixed (float* cosines = _rotary.Cos, sines = _rotary.Sin)
            for (var row = first; row < end; row++)
            {
                var position = _tokens.Positions[row];
                var (cos, sin) = (position * (nint)(d / 2), position * (nint)(d / 2));
                var source = _buffers.Qkv.Row(row);
                for (var head = 0; head < _config.QueryHeads; head++, source += d)
                    Rotary<T>.Rotate(
                        source, source, _layer.QueryNorm, epsilon, cosines + cos, sines + sin, d);
                var slot = Slot(row);
                for (var head = 0; head < _config.KeyValueHeads; head++, source += d)
                    Rotary<T>.Rotate(
                        source, _layer.Keys + slot + head * nextHead, _layer.KeyNorm, epsilon,
                        cosines + cos, sines + sin, d);
                for (var head = 0; head < _config.KeyValueHeads; head++, source += d)
                    new ReadOnlySpan<T>(source, d).CopyTo(
                        new Span<T>(_layer.Values + slot + head * nextHead, d));
            }
    }

    // Where the cache holds a token's first head.
    private nint Slot(int token)
    {
        var (block, offset) = Math.DivRem(_tokens.Positions[token], _cache.BlockSize);
        var id = _plan.BlockTables[_tokens.Rows[token]][block];
        return _shape.HeadOffset(id.Value, head: 0) + (nint)offset * _config.HeadDim;
    }

    private void Attend(int chunk, int worker)
    {
        var tile = _tiles[chunk / _headGroups];
        var table = MemoryMarshal.Cast<BlockId, int>(_plan.BlockTables[tile.Row].Blocks);
        var heads = _shape.KeyValueHeads / _headGroups;
        var first = chunk % _headGroups * heads;
        for (var head = first; head < first + heads; head++)
            new Attention<T>(
                _shape, _layer.Keys, _layer.Values, table, head, tile.FirstPosition, tile.Tokens,
                (float*)_buffers.Scratch.Row(worker))
                .Compute(_buffers.Qkv.Row(tile.FirstToken), _buffers.Attended.Row(tile.FirstToken));
    }

    private void Activate(int chunk, int worker)
    {
        var (first, end) = RowsOf(chunk, _rows);
        for (var row = first; row < end; row++)
            Rowwise<T>.SiluMultiply(
                _buffers.GateUp.Row(row), _buffers.Activated.Row(row), _config.IntermediateSize);
    }

    private void Finish(int chunk, int worker)
    {
        var (first, end) = RowsOf(chunk, _tokens.SampledCount);
        for (var sample = first; sample < end; sample++)
        {
            var row = _tokens.Sampled[sample];
            var residual = (float*)_buffers.Residual.Row(row);
            Rowwise<T>.Add(residual, _buffers.Delta.Row(row), _config.HiddenSize);
            Rowwise<T>.RmsNorm(
                residual, _norm, _buffers.Final.Row(sample), _config.HiddenSize,
                (float)_config.RmsNormEpsilon);
        }
    }
}
