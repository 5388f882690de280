using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Native;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Moves blocks by one launch, whatever their number: within the device's memory, or to and from
/// pinned memory of the host, which the kernel reads and writes itself.
/// </summary>
/// <remarks>Nothing waits: moves and steps of one stream follow each other.</remarks>
internal sealed unsafe class CudaBlockMover : BlockMover, IDisposable
{
    private readonly DecoderKernels _kernels;
    private readonly UploadBuffer _pools;
    private readonly UploadBuffer _pairs;
    private readonly int _tensors;
    private readonly long _blockBytes;

    /// <param name="from">The pool that is read; lives as long as this.</param>
    /// <param name="to">The pool that is written; lives as long as this.</param>
    /// <param name="device">Where the kernel runs.</param>
    /// <param name="kernels">Of the stream.</param>
    /// <param name="stream">The stream.</param>
    public CudaBlockMover(
        ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, Device device,
        DecoderKernels kernels, CudaStream stream)
    {
        (_kernels, _tensors) = (kernels, from.Length);
        _blockBytes = from[0].stride(0) * from[0].ElementSize;
        (_pools, _pairs) = (new(device, stream), new(device, stream));
        try
        {
            _pools.Reserve(PoolBytes);
            var addresses = new Span<nint>((void*)_pools.Host, 2 * _tensors);
            for (var i = 0; i < _tensors; i++)
            {
                addresses[i] = (nint)TensorMemory.Pointer(from[i]);
                addresses[_tensors + i] = (nint)TensorMemory.Pointer(to[i]);
            }
            _pools.Send(PoolBytes);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    private long PoolBytes => 2L * _tensors * sizeof(nint);

    /// <inheritdoc/>
    public override void Move(BlockMoves moves)
    {
        if (moves.Count == 0)
            return;
        var bytes = moves.Count * 2L * sizeof(int);
        _pairs.Reserve(bytes);
        var pairs = new Span<int>((void*)_pairs.Host, 2 * moves.Count);
        for (var i = 0; i < moves.Count; i++)
            (pairs[2 * i], pairs[2 * i + 1]) = (moves.From[i], moves.To[i]);
        _pairs.Send(bytes);
        _kernels.MoveBlocks(
            _pools.Device, _pools.Device + _tensors * sizeof(nint), _pairs.Device, moves.Count,
            _tensors, _blockBytes);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pools.Dispose();
        _pairs.Dispose();
    }
}
