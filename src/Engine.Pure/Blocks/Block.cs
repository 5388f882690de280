namespace SkPaged.Engine.Pure;

/// <summary>What the pool knows of one physical block.</summary>
/// <param name="ReferenceCount">Block tables that hold it; 0 = free.</param>
/// <param name="Previous">The free block before it in its queue; -1 = first or not free.</param>
/// <param name="Next">The free block behind it in its queue; -1 = last or not free.</param>
/// <param name="NextInBucket">The block behind it in its bucket of the prefix index.</param>
/// <param name="Hash">
/// That of its content, beside the links: who looks for another content, or its neighbours in the
/// bucket, need not follow the reference.
/// </param>
/// <param name="Content">What it caches; null = nothing that the prefix index knows.</param>
internal record struct Block(
    int ReferenceCount,
    int Previous,
    int Next,
    int NextInBucket,
    BlockHash Hash,
    BlockContent? Content);
