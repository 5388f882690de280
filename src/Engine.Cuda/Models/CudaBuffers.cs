using System.Runtime.InteropServices;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Models;

/// <summary>
/// What a step computes on its way through the decoder, in one piece of the device's memory that
/// is taken once. Addresses are multiples of 256, as matrix products want them.
/// </summary>
internal sealed class CudaBuffers : IDisposable
{
    private const long Alignment = 256;

    private readonly DeviceMemory _memory;
    private long _taken;

    public CudaBuffers(ModelConfig config, ScalarType dtype, int tokens, int samples, Device device)
    {
        var sizes = Sizes(config, dtype, tokens, samples);
        Logits = AllocateLogits(samples, config.VocabularySize, device);
        try
        {
            _memory = new(device, sizes.Total);
        }
        catch
        {
            Logits.Dispose();
            throw;
        }
        Residual = Take(sizes.Residual);
        Normed = Take(sizes.Normed);
        Qkv = Take(sizes.Qkv);
        Attended = Take(sizes.Attended);
        GateUp = Take(sizes.GateUp);
        Activated = Take(sizes.Activated);
        MostLikely = Take(sizes.MostLikely);
        Workspace = Take(MatrixProducts.WorkspaceBytes);
    }

    /// <summary>[tokens, hidden], float32: the stream that layers add to.</summary>
    public nint Residual { get; }

    /// <summary>[tokens, hidden].</summary>
    public nint Normed { get; }

    /// <summary>[tokens, query heads + 2 x heads of keys and values, head dim].</summary>
    public nint Qkv { get; }

    /// <summary>[tokens, query heads, head dim].</summary>
    public nint Attended { get; }

    /// <summary>[tokens, 2 x intermediate].</summary>
    public nint GateUp { get; }

    /// <summary>[tokens, intermediate].</summary>
    public nint Activated { get; }

    /// <summary>[samples], int32.</summary>
    public nint MostLikely { get; }

    /// <summary>For matrix products.</summary>
    public nint Workspace { get; }

    /// <summary>[samples, vocabulary], float32.</summary>
    public Tensor Logits { get; }

    /// <summary>Bytes of all of them.</summary>
    public static long BytesOf(ModelConfig config, ScalarType dtype, int tokens, int samples) =>
        Sizes(config, dtype, tokens, samples).Total
        + (long)samples * config.VocabularySize * sizeof(float);

    /// <inheritdoc/>
    public void Dispose()
    {
        _memory.Dispose();
        Logits.Dispose();
    }

    private static Tensor AllocateLogits(long samples, long vocabulary, Device device)
    {
        try
        {
            return empty([samples, vocabulary], dtype: ScalarType.Float32, device: device);
        }
        catch (ExternalException cause)
        {
            throw new DeviceMemoryException(
                samples * vocabulary * sizeof(float), $"{device}", cause);
        }
    }

    private nint Take(long bytes)
    {
        var address = _memory.Address + (nint)_taken;
        _taken += Aligned(bytes);
        return address;
    }

    private static long Aligned(long bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static Bytes Sizes(ModelConfig config, ScalarType dtype, long tokens, long samples)
    {
        var size = dtype.ElementSize();
        var heads = config.QueryHeads + 2 * config.KeyValueHeads;
        return new(
            tokens * config.HiddenSize * sizeof(float),
            Math.Max(tokens, samples) * config.HiddenSize * size,
            tokens * heads * config.HeadDim * size,
            tokens * config.QueryHeads * config.HeadDim * size,
            tokens * 2 * config.IntermediateSize * size,
            tokens * config.IntermediateSize * size,
            samples * sizeof(int));
    }

    private readonly record struct Bytes(
        long Residual, long Normed, long Qkv, long Attended, long GateUp, long Activated,
        long MostLikely)
    {
        public long Total => Aligned(Residual) + Aligned(Normed) + Aligned(Qkv)
            + Aligned(Attended) + Aligned(GateUp) + Aligned(Activated) + Aligned(MostLikely)
            + Aligned(MatrixProducts.WorkspaceBytes);
    }
}
