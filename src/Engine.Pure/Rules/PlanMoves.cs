using System.Collections.Immutable;

namespace SkPaged.Engine.Pure;

/// <summary>
/// What happens to blocks before the rows of a plan run, and to whom, as it grows.
/// </summary>
internal sealed class PlanMoves
{
    public ImmutableArray<RequestId>.Builder Preempted { get; } =
        ImmutableArray.CreateBuilder<RequestId>();

    public ImmutableArray<BlockCopy>.Builder Copies { get; } =
        ImmutableArray.CreateBuilder<BlockCopy>();

    public ImmutableArray<BlockSwap>.Builder SwapOuts { get; } =
        ImmutableArray.CreateBuilder<BlockSwap>();

    public ImmutableArray<BlockSwap>.Builder SwapIns { get; } =
        ImmutableArray.CreateBuilder<BlockSwap>();

    public void Preempt(RequestId id) => Preempted.Add(id);

    public void Copy(BlockCopy copy) => Copies.Add(copy);

    public void SwapOut(BlockId device, BlockId host) =>
        SwapOuts.Add(new BlockSwap(device, new HostBlockId(host.Value)));

    public void SwapIn(BlockId host, BlockId device) =>
        SwapIns.Add(new BlockSwap(device, new HostBlockId(host.Value)));
}
