using System.Collections.Immutable;
using TorchSharp;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Moves blocks by torch's words, for any devices. Scattered blocks are gathered on the device and
/// cross the bus as one piece for each run of neighbours in the host's pool.
/// </summary>
/// <remarks>
/// Nothing waits for the bus: only copies of the same stream read or write the host's pool.
/// </remarks>
/// <param name="from">The pool that is read.</param>
/// <param name="to">The pool that is written.</param>
/// <param name="host">Which of them is the host's.</param>
internal sealed class TorchBlockMover(
    ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, TorchBlockMover.Host host) : BlockMover
{
    /// <summary>Which side of a move lies in the host's memory.</summary>
    internal enum Host
    {
        /// <summary>None, or both.</summary>
        Neither,

        /// <summary>The pool that is read.</summary>
        From,

        /// <summary>The pool that is written.</summary>
        To,
    }

    /// <summary>Which of these pools is the host's.</summary>
    public static Host HostOf(ImmutableArray<Tensor> from, ImmutableArray<Tensor> to) =>
        (IsOnHost(from), IsOnHost(to)) switch
        {
            (true, false) => Host.From,
            (false, true) => Host.To,
            _ => Host.Neither,
        };

    /// <inheritdoc/>
    public override void Move(BlockMoves moves)
    {
        if (moves.Count == 0)
            return;
        var (sources, targets) = (moves.From.ToArray(), moves.To.ToArray());
        if (host == Host.To)
            Leave(sources, targets);
        else if (host == Host.From)
            Arrive(sources, targets);
        else
            CopyWithin(sources, targets);
    }

    private static bool IsOnHost(ImmutableArray<Tensor> pool) =>
        pool[0].device_type == DeviceType.CPU;

    private void CopyWithin(int[] sources, int[] targets)
    {
        using var scope = NewDisposeScope();
        var (read, written) = (Ids(sources, from[0]), Ids(targets, to[0]));
        for (var i = 0; i < from.Length; i++)
        {
            using var gathered = from[i].index_select(0, read);
            to[i].index_copy_(0, written, gathered);
        }
    }

    private void Leave(int[] sources, int[] targets)
    {
        Array.Sort(targets, sources);
        using var scope = NewDisposeScope();
        var read = Ids(sources, from[0]);
        for (var i = 0; i < from.Length; i++)
        {
            using var gathered = from[i].index_select(0, read);
            foreach (var (first, count) in Runs(targets))
                to[i].narrow(0, targets[first], count)
                    .copy_(gathered.narrow(0, first, count), nonBlocking: true);
        }
    }

    private void Arrive(int[] sources, int[] targets)
    {
        Array.Sort(sources, targets);
        using var scope = NewDisposeScope();
        var written = Ids(targets, to[0]);
        long[] shape = [sources.Length, .. to[0].shape[1..]];
        for (var i = 0; i < from.Length; i++)
        {
            using var gathered = empty(shape, dtype: to[i].dtype, device: to[i].device);
            foreach (var (first, count) in Runs(sources))
                gathered.narrow(0, first, count)
                    .copy_(from[i].narrow(0, sources[first], count), nonBlocking: true);
            to[i].index_copy_(0, written, gathered);
        }
    }

    private static Tensor Ids(int[] blocks, Tensor pool) =>
        tensor(blocks, dtype: ScalarType.Int64, device: pool.device);

    // [First, First + Count): places whose blocks follow each other.
    private static IEnumerable<(int First, int Count)> Runs(int[] blocks)
    {
        for (int first = 0, next = 1; first < blocks.Length; first = next++)
        {
            while (next < blocks.Length && blocks[next] == blocks[next - 1] + 1)
                next++;
            yield return (first, next - first);
        }
    }
}
