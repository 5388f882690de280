namespace SkPaged.Engine.Pure;

/// <summary>A slot of the prefix index.</summary>
/// <param name="Block">The block that is found here; -1 = the slot is empty.</param>
/// <param name="Hash">
/// That of its content, <see cref="BlockHash.Short"/>: who looks for another one need not fetch the
/// block.
/// </param>
internal readonly record struct Slot(int Block, uint Hash)
{
    public static Slot Empty { get; } = new(BlockPool.None, 0);

    public bool IsEmpty => Block == BlockPool.None;
}
