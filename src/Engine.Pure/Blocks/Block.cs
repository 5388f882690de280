namespace SkPaged.Engine.Pure;

/// <summary>What the pool knows of one physical block.</summary>
/// <param name="ReferenceCount">Block tables that hold it; 0 = free.</param>
/// <param name="NextFree">The free block behind it in the queue; -1 = last or not free.</param>
internal record struct Block(int ReferenceCount, int NextFree);
