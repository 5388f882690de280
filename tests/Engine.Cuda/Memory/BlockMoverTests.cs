using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Simd;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Memory;

public class BlockMoverTests
{
    // More bytes than a helper is worth, so that the team shares them out.
    private const int BlocksFrom = 60, BlocksTo = 40, Elements = 2 * 16 * 32;

    public static TheoryData<string, bool> Movers()
    {
        var cases = new TheoryData<string, bool>();
        foreach (var name in (string[])["1 thread", "3 threads", "within", "leaving", "arriving"])
            foreach (var wide in (bool[])[true, false])
                cases.Add(name, wide);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Movers))]
    public void Blocks_go_where_they_are_sent_and_no_others_change(string name, bool wide)
    {
        using var scope = NewDisposeScope();
        var dtype = wide ? ScalarType.Float32 : ScalarType.BFloat16;
        var (from, to) = (Pool(BlocksFrom, dtype, 0), Pool(BlocksTo, dtype, 1_000_000));
        var expected = to.Select(Values).ToArray();
        using var team = new WorkerTeam(name == "3 threads" ? 3 : 1);
        var mover = Mover(name, from, to, team);
        var random = new Random(1);
        for (var round = 0; round < 10; round++)
        {
            var moves = Random(random, round * 4, expected, [.. from.Select(Values)]);
            mover.Move(moves);
            Assert.Equal(expected, to.Select(Values));
        }
    }

    [Theory]
    [MemberData(nameof(Movers))]
    public void Within_one_pool_blocks_are_copied(string name, bool wide)
    {
        using var scope = NewDisposeScope();
        var pool = Pool(BlocksFrom, wide ? ScalarType.Float32 : ScalarType.BFloat16, 0);
        using var team = new WorkerTeam(name == "3 threads" ? 3 : 1);
        var moves = Moves(BlocksFrom, BlocksFrom);
        moves.Clear(3);
        foreach (var (source, target) in ((int, int)[])[(7, 0), (59, 1), (7, 30)])
            moves.Add(source, target);
        var before = Values(pool[3]);
        Mover(name, pool, pool, team).Move(moves);
        var after = Values(pool[3]);
        Assert.Equal(Block(before, 7), Block(after, 0));
        Assert.Equal(Block(before, 59), Block(after, 1));
        Assert.Equal(Block(before, 7), Block(after, 30));
        Assert.Equal(before[(31 * Elements)..], after[(31 * Elements)..]);
    }

    [Theory]
    [InlineData(-1, 0, "block -1 is outside the cache of 60.")]
    [InlineData(60, 0, "block 60 is outside the cache of 60.")]
    [InlineData(59, 40, "host block 40 is outside the host's pool of 40.")]
    [InlineData(59, -1, "host block -1 is outside the host's pool of 40.")]
    public void A_block_outside_its_pool_is_named(int source, int target, string problem)
    {
        var moves = Moves(BlocksFrom, BlocksTo);
        moves.Clear(1);
        Assert.Equal(
            problem,
            Assert.Throws<ArgumentException>(() => moves.Add(source, target)).Message);
    }

    private static BlockMover Mover(
        string name, ImmutableArray<Tensor> from, ImmutableArray<Tensor> to, WorkerTeam team) =>
        name switch
        {
            "within" => new TorchBlockMover(from, to, TorchBlockMover.Host.Neither),
            "leaving" => new TorchBlockMover(from, to, TorchBlockMover.Host.To),
            "arriving" => new TorchBlockMover(from, to, TorchBlockMover.Host.From),
            _ => BlockMover.Between(from, to, team),
        };

    private static BlockMoves Moves(int from, int to) =>
        new(new("block", "cache", from), new("host block", "host's pool", to));

    // Some neighbours, most scattered; what they do is done to the expectation, too.
    private static BlockMoves Random(
        Random random, int count, float[][] expected, float[][] sources)
    {
        var moves = Moves(BlocksFrom, BlocksTo);
        moves.Clear(count);
        var targets = Enumerable.Range(0, BlocksTo).ToArray();
        if (random.Next(2) == 0)
            random.Shuffle(targets);
        for (var i = 0; i < count; i++)
        {
            var source = random.Next(BlocksFrom);
            moves.Add(source, targets[i]);
            for (var tensor = 0; tensor < sources.Length; tensor++)
                Block(sources[tensor], source)
                    .CopyTo(expected[tensor].AsSpan(targets[i] * Elements));
        }
        return moves;
    }

    // Four tensors, no two blocks of which hold the same.
    private static ImmutableArray<Tensor> Pool(int blocks, ScalarType dtype, int first) =>
    [
        .. Enumerable.Range(0, 4).Select(i =>
            (arange(blocks * Elements, dtype: ScalarType.Float32) * 17 + i + first)
            .view(blocks, 2, 16, 32).to(dtype)),
    ];

    private static float[] Values(Tensor tensor) =>
        tensor.to(ScalarType.Float32).contiguous().data<float>().ToArray();

    private static float[] Block(float[] values, int block) =>
        values[(block * Elements)..((block + 1) * Elements)];
}
