namespace SkPaged.Engine.Pure;

/// <summary>
/// A queue of free blocks, threaded through the blocks themselves: O(1) at both ends and from the
/// middle.
/// </summary>
/// <param name="Head">The next to be taken; -1 = empty.</param>
/// <param name="Tail">The last one released; -1 = empty.</param>
/// <param name="Count">Blocks in it.</param>
internal readonly record struct FreeQueue(int Head, int Tail, int Count)
{
    public static FreeQueue Empty { get; } = new(BlockPool.None, BlockPool.None, 0);
}
