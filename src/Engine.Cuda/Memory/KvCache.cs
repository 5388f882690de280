using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Pure;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// The keys and values of all sequences: for each layer K and V as
/// [blocks, kvHeads, blockSize, headDim], one allocation each.
/// </summary>
internal sealed class KvCache : IDisposable
{
    private KvCache(int blocks, int blockSize, ImmutableArray<Tensor> keys,
        ImmutableArray<Tensor> values) =>
        (Blocks, BlockSize, Keys, Values, Tensors) =
            (blocks, blockSize, keys, values, [.. keys, .. values]);

    /// <summary>Physical blocks.</summary>
    public int Blocks { get; }

    /// <summary>Tokens a block holds.</summary>
    public int BlockSize { get; }

    /// <summary>K of each layer.</summary>
    public ImmutableArray<Tensor> Keys { get; }

    /// <summary>V of each layer.</summary>
    public ImmutableArray<Tensor> Values { get; }

    /// <summary>K of each layer, then V of each layer.</summary>
    public ImmutableArray<Tensor> Tensors { get; }

    /// <summary>Reserves the memory.</summary>
    /// <param name="config">The model.</param>
    /// <param name="dtype">Of the elements.</param>
    /// <param name="device">Where.</param>
    /// <param name="blocks">At least 1.</param>
    /// <param name="blockSize">At least 1.</param>
    /// <param name="clear">
    /// Whether to write zeros: needed by who reads slots before they are written, if only to give
    /// them no weight. Otherwise a CPU's memory is taken as blocks are first used.
    /// </param>
    /// <exception cref="KvCacheTooSmallException">The device has not that much memory.</exception>
    public static KvCache Allocate(
        ModelConfig config, ScalarType dtype, Device device, int blocks, int blockSize, bool clear)
    {
        var tensors = new List<Tensor>();
        long[] shape = [blocks, config.KeyValueHeads, blockSize, config.HeadDim];
        try
        {
            for (var i = 0; i < 2 * config.Layers; i++)
                tensors.Add(clear
                    ? zeros(shape, dtype: dtype, device: device)
                    : empty(shape, dtype: dtype, device: device).WithHugePages());
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            tensors.ForEach(tensor => tensor.Dispose());
            throw new KvCacheTooSmallException(
                $"A KV cache of {blocks} blocks of "
                + $"{BytesPerBlock(config, dtype, blockSize):N0} bytes"
                + $" could not be allocated on {device}: {cause.Message.Split('\n')[0]}", cause);
        }
        return new(blocks, blockSize, [.. tensors[..config.Layers]], [.. tensors[config.Layers..]]);
    }

    /// <exception cref="ArgumentException">The plan's blocks are of another size.</exception>
    public void ThrowIfOtherBlocks(StepPlan plan)
    {
        if (plan.BlockSize != BlockSize)
            throw new ArgumentException(
                $"The plan's blocks hold {plan.BlockSize} tokens, the cache's {BlockSize}.");
    }

    /// <summary>Bytes of a block over all layers, K and V.</summary>
    public static long BytesPerBlock(ModelConfig config, ScalarType dtype, int blockSize) =>
        2L * config.Layers * config.KeyValueHeads * blockSize * config.HeadDim * dtype.ElementSize(
            );

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }
}
