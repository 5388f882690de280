using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Simd;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Memory;

/// <summary>
/// Copies blocks in the CPU's memory: in each tensor a block is contiguous. Tensors are shared out
/// over the team.
/// </summary>
internal sealed unsafe class MemoryBlockMover : BlockMover
{
    // What one chunk should have: some microseconds.
    private const long BytesPerChunk = 1 << 16;

    private readonly nint[] _from;
    private readonly nint[] _to;
    private readonly long _blockBytes;
    private readonly WorkerTeam _team;
    private readonly Action<int, int> _copyChunk;
    private BlockMoves _moves = null!;
    private int _tensorsPerChunk;

    /// <param name="from">The pool that is read; lives as long as this.</param>
    /// <param name="to">The pool that is written; lives as long as this.</param>
    /// <param name="team">Who copies.</param>
    public MemoryBlockMover(
        ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, WorkerTeam team)
    {
        (_from, _to, _team, _copyChunk) = (Starts(from), Starts(to), team, CopyChunk);
        _blockBytes = from[0].stride(0) * from[0].ElementSize;
    }

    /// <inheritdoc/>
    public override void Move(BlockMoves moves)
    {
        if (moves.Count == 0)
            return;
        _moves = moves;
        _tensorsPerChunk = (int)Math.Clamp(
            BytesPerChunk / (moves.Count * _blockBytes), 1, _from.Length);
        _team.Run((_from.Length + _tensorsPerChunk - 1) / _tensorsPerChunk, _copyChunk);
    }

    private void CopyChunk(int chunk, int worker)
    {
        var first = chunk * _tensorsPerChunk;
        var end = Math.Min(_from.Length, first + _tensorsPerChunk);
        var sources = _moves.From;
        var targets = _moves.To;
        for (var tensor = first; tensor < end; tensor++)
            for (var i = 0; i < sources.Length; i++)
                Buffer.MemoryCopy(
                    (byte*)_from[tensor] + sources[i] * _blockBytes,
                    (byte*)_to[tensor] + targets[i] * _blockBytes, _blockBytes, _blockBytes);
    }

    private static nint[] Starts(ImmutableArray<Tensor> pool) =>
        [.. pool.Select(tensor => (nint)TensorMemory.Pointer(tensor))];
}
