namespace SkPaged.Engine.Pure;

/// <summary>What the pool knows of one physical block.</summary>
/// <param name="ReferenceCount">Block tables that hold it; 0 = free.</param>
/// <param name="Previous">The free block before it in its queue; -1 = first or not free.</param>
/// <param name="Next">The free block behind it in its queue; -1 = last or not free.</param>
/// <param name="Hash">
/// That of its content, <see cref="BlockHash.Short"/>, beside the links: who takes it out of the
/// prefix index need not follow the reference.
/// </param>
/// <param name="Content">What it caches; null = nothing that the prefix index knows.</param>
internal record struct Block(
    int ReferenceCount,
    int Previous,
    int Next,
    uint Hash,
    BlockContent? Content);
