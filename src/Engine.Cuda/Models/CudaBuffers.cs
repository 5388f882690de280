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

    /// <param name="config">The model.</param>
    /// <param name="dtype">Of weights and activations.</param>
    /// <param name="tokens">Of the longest step.</param>
    /// <param name="samples">Rows of a step that may sample.</param>
    /// <param name="draws">Tokens that a step may draw.</param>
    /// <param name="units">How attention of queries is shared out.</param>
    /// <param name="device">Where.</param>
    /// <exception cref="DeviceMemoryException">The device has not as much.</exception>
    public CudaBuffers(
        ModelConfig config, ScalarType dtype, int tokens, int samples, int draws,
        QueryUnits units, Device device)
    {
        Tokens = tokens;
        var sizes = Sizes(config, dtype, tokens, samples) with
        {
            Drawn = draws * sizeof(int),
            Partials = units.PartialBytes,
            Squares = FewRowsProducts.SquareBytes(config.HiddenSize),
        };
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
        Drawn = Take(sizes.Drawn);
        Partials = Take(sizes.Partials);
        Counters = Take(sizes.Counters);
        CounterBytes = sizes.Counters;
        Squares = Take(sizes.Squares);
        Workspace = Take(MatrixProducts.WorkspaceBytes);
    }

    /// <summary>Tokens of the longest step.</summary>
    public int Tokens { get; }

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

    /// <summary>[draws], int32: the last step's tokens, which the next may await.</summary>
    public nint Drawn { get; }

    /// <summary>What splits of queries find.</summary>
    public nint Partials { get; }

    /// <summary>Of blocks of threads that share a query: 0 but while they work.</summary>
    public nint Counters { get; }

    /// <summary>Bytes of the counters.</summary>
    public long CounterBytes { get; }

    /// <summary>Sums of squares of few rows of the residual stream.</summary>
    public nint Squares { get; }

    /// <summary>For matrix products.</summary>
    public nint Workspace { get; }

    /// <summary>[samples, vocabulary], float32.</summary>
    public Tensor Logits { get; }

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

    private static KernelConstants ConstantsOf(ModelConfig config, ScalarType dtype) =>
        KernelConstants.Of(config, dtype, blockSize: 1);

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
            QueryUnits.CounterBytes(ConstantsOf(config, dtype), (int)tokens));
    }

    private readonly record struct Bytes(
        long Residual, long Normed, long Qkv, long Attended, long GateUp, long Activated,
        long Counters)
    {
        public long Drawn { get; init; }

        public long Partials { get; init; }

        public long Squares { get; init; }

        public long Total => Aligned(Residual) + Aligned(Normed) + Aligned(Qkv)
            + Aligned(Attended) + Aligned(GateUp) + Aligned(Activated) + Aligned(Drawn)
            + Aligned(Partials) + Aligned(Counters) + Aligned(Squares)
            + Aligned(MatrixProducts.WorkspaceBytes);
    }
}
