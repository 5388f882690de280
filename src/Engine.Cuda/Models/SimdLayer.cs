using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// One layer as the kernels see it: projections, and where weights and cache lie.
/// </summary>
internal sealed unsafe class SimdLayer<T> : IDisposable
    where T : unmanaged, IElement<T>
{
    public SimdLayer(
        WorkerTeam team, LayerWeights weights, SimdBuffers<T> buffers, Tensor keys, Tensor values)
    {
        Qkv = new(
            team, weights.Qkv, weights.QkvBias, buffers.Normed, buffers.Qkv, buffers.Packed,
            inPlace: true);
        Output = new(
            team, weights.Output, weights.OutputBias, buffers.Attended, buffers.Delta,
                buffers.Packed, inPlace: true);
        GateUp = new(
            team, weights.GateUp, weights.GateUpBias, buffers.Normed, buffers.GateUp,
                buffers.Packed, inPlace: true);
        Down = new(
            team, weights.Down, weights.DownBias, buffers.Activated, buffers.Delta, buffers.Packed,
            inPlace: true);
        InputNorm = Pointer(weights.InputNorm);
        QueryNorm = Pointer(weights.QueryNorm);
        KeyNorm = Pointer(weights.KeyNorm);
        MlpNorm = Pointer(weights.MlpNorm);
        Keys = Pointer(keys);
        Values = Pointer(values);
    }

    public Projection<T> Qkv { get; }

    public Projection<T> Output { get; }

    public Projection<T> GateUp { get; }

    public Projection<T> Down { get; }

    public T* InputNorm { get; }

    public T* QueryNorm { get; }

    public T* KeyNorm { get; }

    public T* MlpNorm { get; }

    public T* Keys { get; }

    public T* Values { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Qkv.Dispose();
        Output.Dispose();
        GateUp.Dispose();
        Down.Dispose();
    }

    private static T* Pointer(Tensor? tensor) =>
        tensor is null ? null : (T*)TensorMemory.Pointer(tensor);
}
