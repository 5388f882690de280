using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>What a plan moves before its rows run: swap-outs, then swap-ins, then copies.</summary>
internal sealed class BlockTraffic
{
    private readonly BlockMoves _outs;
    private readonly BlockMoves _ins;
    private readonly BlockMoves _copies;
    private readonly BlockMover? _out;
    private readonly BlockMover? _in;
    private readonly BlockMover _copy;

    /// <param name="cache">Stays the caller's.</param>
    /// <param name="host">Where swapped blocks lie, the caller's too; null: nothing swaps.</param>
    /// <param name="between">Who moves blocks from the one pool to the other.</param>
    public BlockTraffic(
        KvCache cache, HostCache? host,
        Func<ImmutableArray<Tensor>, ImmutableArray<Tensor>, BlockMover> between)
    {
        var device = new BlockMoves.Pool("block", "cache", cache.Blocks);
        var hosts = new BlockMoves.Pool("host block", "host's pool", host?.Blocks ?? 0);
        (_outs, _ins, _copies) = (new(device, hosts), new(hosts, device), new(device, device));
        _copy = between(cache.Tensors, cache.Tensors);
        if (host is null)
            return;
        _out = between(cache.Tensors, host.Tensors);
        _in = between(host.Tensors, cache.Tensors);
    }

    /// <summary>Moves the plan's blocks; nothing moves if one of them is wrong.</summary>
    /// <exception cref="ArgumentException">A block is outside its pool.</exception>
    public void Move(StepPlan plan)
    {
        Read(plan);
        Move();
    }

    /// <summary>Moves the blocks that were read.</summary>
    public void Move()
    {
        _out?.Move(_outs);
        _in?.Move(_ins);
        _copy.Move(_copies);
    }

    /// <summary>Reads and checks the plan's blocks; nothing moves.</summary>
    /// <exception cref="ArgumentException">A block is outside its pool.</exception>
    public void Read(StepPlan plan)
    {
        _outs.Clear(plan.SwapOuts.Length);
        foreach (var (device, host) in plan.SwapOuts)
            _outs.Add(device.Value, host.Value);
        _ins.Clear(plan.SwapIns.Length);
        foreach (var (device, host) in plan.SwapIns)
            _ins.Add(host.Value, device.Value);
        _copies.Clear(plan.Copies.Length);
        foreach (var (from, to) in plan.Copies)
            _copies.Add(from.Value, to.Value);
    }
}
