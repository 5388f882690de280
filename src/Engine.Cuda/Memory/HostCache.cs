using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Blocks of swapped sequences in the host's memory, laid out as in the cache that they come from:
/// pinned where that is on a CUDA device, which then reads and writes it at the bus's full speed.
/// </summary>
internal sealed class HostCache : IDisposable
{
    private HostCache(int blocks, ImmutableArray<Tensor> tensors) =>
        (Blocks, Tensors) = (blocks, tensors);

    /// <summary>Blocks of the pool.</summary>
    public int Blocks { get; }

    /// <summary>K of each layer, then V of each layer.</summary>
    public ImmutableArray<Tensor> Tensors { get; }

    /// <summary>Reserves the memory.</summary>
    /// <param name="cache">Whose blocks come here.</param>
    /// <param name="blocks">At least 1.</param>
    /// <exception cref="HostCacheTooLargeException">
    /// The host has not that much memory, or not that much that can be pinned.
    /// </exception>
    public static HostCache Allocate(KvCache cache, int blocks)
    {
        var tensors = new List<Tensor>();
        try
        {
            foreach (var tensor in cache.Tensors)
                tensors.Add(Like(tensor, blocks));
        }
        catch (Exception cause) when (cause is not OutOfMemoryException)
        {
            tensors.ForEach(tensor => tensor.Dispose());
            throw new HostCacheTooLargeException(
                $"A host cache of {blocks:N0} blocks could not be allocated: "
                + cause.Message.Split('\n')[0], cause);
        }
        return new(blocks, [.. tensors]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in Tensors)
            tensor.Dispose();
    }

    private static Tensor Like(Tensor tensor, int blocks)
    {
        var plain = empty([blocks, .. tensor.shape[1..]], dtype: tensor.dtype, device: CPU);
        if (tensor.device_type != DeviceType.CUDA)
            return plain.WithHugePages();
        using (plain)
            return plain.pin_memory();
    }
}
