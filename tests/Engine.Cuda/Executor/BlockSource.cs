using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>Physical blocks in a random order, each given once.</summary>
internal sealed class BlockSource
{
    private readonly Queue<int> _free;

    public BlockSource(int blocks, int blockSize, int seed)
    {
        BlockSize = blockSize;
        var shuffled = Enumerable.Range(0, blocks).ToArray();
        new Random(seed).Shuffle(shuffled);
        _free = new(shuffled);
    }

    public int BlockSize { get; }

    public BlockId Take() => new(_free.Dequeue());
}
