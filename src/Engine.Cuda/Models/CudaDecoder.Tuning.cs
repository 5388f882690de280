using System.Collections.Immutable;

namespace SkPaged.Engine.Cuda.Models;

internal sealed partial class CudaDecoder
{
    /// <summary>
    /// Gives each product of a step that cuBLASLt computes its fastest algorithm. Waits for the
    /// stream.
    /// </summary>
    /// <remarks>
    /// Leaves nonsense in the residual stream, in what layers compute, and in the logits: every
    /// step writes all of these before it reads them, the residual stream as it embeds its tokens.
    /// Cache, counters and drawn tokens stay as they are.
    /// </remarks>
    /// <param name="rows">Tokens of the step.</param>
    /// <param name="samples">Rows that sample; 0: none, and the head is left alone.</param>
    public void Tune(int rows, int samples)
    {
        var (hidden, intermediate) = (_config.HiddenSize, _config.IntermediateSize);
        if (!_few.Takes(rows, hidden, Width))
            Tune(rows, hidden, Width, _buffers.Normed, layer => layer.Qkv, _buffers.Qkv);
        if (!_few.Takes(rows, Inner, hidden))
            Tune(
                rows, Inner, hidden, _buffers.Attended, layer => layer.Output, _buffers.Residual,
                isAdded: true);
        if (!GatesFew(_layers[0], rows) && !GatesMany(_layers[0], rows))
            Tune(
                rows, hidden, 2 * intermediate, _buffers.Normed, layer => layer.GateUp,
                _buffers.GateUp);
        if (!_few.Takes(rows, intermediate, hidden))
            Tune(
                rows, intermediate, hidden, _buffers.Activated, layer => layer.Down,
                _buffers.Residual, isAdded: true);
        if (samples > 0)
            _products.Tune(
                new(samples, hidden, _config.VocabularySize, IsAdded: false, IsWide: true),
                InputFor(samples, hidden, _buffers.Normed), [_head], _logits);
    }

    private void Tune(
        int rows, int inputs, int outputs, nint input, Func<Layer, nint> weights, nint output,
        bool isAdded = false) =>
        _products.Tune(
            new(rows, inputs, outputs, isAdded, IsWide: isAdded), InputFor(rows, inputs, input),
            [.. _layers.Select(weights)], output);

    // Numbers as a model has them: a product of zeros takes less power, and less time. Where the
    // embedding has too few, whatever the step's own buffer holds.
    private nint InputFor(int rows, int inputs, nint buffer) =>
        (long)rows * inputs <= (long)_config.VocabularySize * _config.HiddenSize
            ? _embedding
            : buffer;
}
