using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Simd;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Moves whole blocks, K and V of all layers, from one pool to another or within one. Pools are
/// tensors of [blocks, kvHeads, blockSize, headDim], the same number on both sides.
/// </summary>
internal abstract class BlockMover
{
    /// <summary>For these pools: plain copies where both lie in the CPU's memory.</summary>
    public static BlockMover Between(
        ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, WorkerTeam team) =>
        from[0].device_type == DeviceType.CPU && to[0].device_type == DeviceType.CPU
            ? new MemoryBlockMover(from, to, team)
            : new TorchBlockMover(from, to, TorchBlockMover.HostOf(from, to));

    /// <summary>
    /// Overwrites block <c>moves.To[i]</c> of the one pool with block <c>moves.From[i]</c> of the
    /// other. None is written twice, and within one pool none is both read and written.
    /// </summary>
    public abstract void Move(BlockMoves moves);
}
