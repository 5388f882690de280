namespace SkPaged.Engine.Cuda.Memory;

/// <summary>Pairs of blocks, checked against their pools. Reused from step to step.</summary>
/// <param name="from">The pool that is read, as messages call its blocks.</param>
/// <param name="to">The pool that is written.</param>
internal sealed class BlockMoves(BlockMoves.Pool from, BlockMoves.Pool to)
{
    private int[] _from = [];
    private int[] _to = [];

    /// <summary>Pairs.</summary>
    public int Count { get; private set; }

    /// <summary>The blocks that are read.</summary>
    public ReadOnlySpan<int> From => _from.AsSpan(0, Count);

    /// <summary>The blocks that are written.</summary>
    public ReadOnlySpan<int> To => _to.AsSpan(0, Count);

    /// <summary>Forgets all pairs and makes room for as many.</summary>
    public void Clear(int capacity)
    {
        if (_from.Length < capacity)
            (_from, _to) = (new int[capacity], new int[capacity]);
        Count = 0;
    }

    /// <exception cref="ArgumentException">A block is outside its pool.</exception>
    public void Add(int source, int target)
    {
        from.Check(source);
        to.Check(target);
        (_from[Count], _to[Count++]) = (source, target);
    }

    /// <summary>A pool as its blocks are checked against it.</summary>
    /// <param name="Block">What a message calls a block.</param>
    /// <param name="Name">What a message calls the pool.</param>
    /// <param name="Blocks">Its blocks; 0 where there is none.</param>
    public sealed record Pool(string Block, string Name, int Blocks)
    {
        /// <exception cref="ArgumentException">The block is outside.</exception>
        public void Check(int block)
        {
            if ((uint)block >= (uint)Blocks)
                throw new ArgumentException($"{Block} {block} is outside the {Name} of {Blocks}.");
        }
    }
}
