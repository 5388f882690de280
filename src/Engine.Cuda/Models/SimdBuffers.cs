using SkPaged.Engine.Cuda.Simd;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// What a step holds between its kernels; the same memory in every layer and step.
/// </summary>
internal sealed class SimdBuffers<T> : IDisposable
    where T : unmanaged, IElement<T>
{
    public SimdBuffers(
        ModelConfig config, AttentionShape shape, int tokensMax, int samplesMax, int workers)
    {
        var tokens = Projection<T>.RoundedUp(tokensMax);
        var samples = Projection<T>.RoundedUp(samplesMax);
        var (hidden, intermediate) = (config.HiddenSize, config.IntermediateSize);
        var attended = shape.QueryHeads * shape.HeadDim;
        (TokensMax, SamplesMax) = (tokensMax, samplesMax);
        Residual = new(tokens, hidden);
        Normed = new(tokens, hidden);
        Qkv = new(tokens, shape.QkvStride);
        Attended = new(tokens, attended);
        GateUp = new(tokens, 2 * intermediate);
        Activated = new(tokens, intermediate);
        Delta = new(tokens, hidden);
        Final = new(samples, hidden);
        Logits = new(samples, config.VocabularySize);
        Packed = new(
            Projection<T>.PackedRows(tokens), Math.Max(Math.Max(hidden, intermediate), attended));
        Scratch = new(workers, (shape.ScratchLength + 15) / 16 * 16);
    }

    public int TokensMax { get; }

    public int SamplesMax { get; }

    /// <summary>[tokens, hidden]: the stream that every layer adds to.</summary>
    public RowBuffer<Float32Element> Residual { get; }

    /// <summary>[tokens, hidden].</summary>
    public RowBuffer<T> Normed { get; }

    /// <summary>[tokens, (queryHeads + 2 kvHeads) headDim].</summary>
    public RowBuffer<T> Qkv { get; }

    /// <summary>[tokens, queryHeads headDim].</summary>
    public RowBuffer<T> Attended { get; }

    /// <summary>[tokens, 2 intermediate].</summary>
    public RowBuffer<T> GateUp { get; }

    /// <summary>[tokens, intermediate].</summary>
    public RowBuffer<T> Activated { get; }

    /// <summary>[tokens, hidden]: what attention or the network adds to the stream.</summary>
    public RowBuffer<T> Delta { get; }

    /// <summary>[samples, hidden].</summary>
    public RowBuffer<T> Final { get; }

    /// <summary>[samples, vocabulary].</summary>
    public RowBuffer<T> Logits { get; }

    /// <summary>Few rows of a projection's input, unpacked.</summary>
    public RowBuffer<Float32Element> Packed { get; }

    /// <summary>A row for each worker's attention.</summary>
    public RowBuffer<Float32Element> Scratch { get; }

    public void ThrowIfTooSmall(StepTokens tokens)
    {
        if (tokens.Count > TokensMax || tokens.SampledCount > SamplesMax)
            throw new ArgumentException(
                $"A step of {tokens.Count} tokens and {tokens.SampledCount} samples exceeds the "
                + $"{TokensMax} tokens and {SamplesMax} samples that were reserved.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Residual.Dispose();
        Normed.Dispose();
        Qkv.Dispose();
        Attended.Dispose();
        GateUp.Dispose();
        Activated.Dispose();
        Delta.Dispose();
        Final.Dispose();
        Logits.Dispose();
        Packed.Dispose();
        Scratch.Dispose();
    }
}
