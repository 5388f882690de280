using System.Collections.Immutable;
using SkPaged.Engine.Cuda.Memory;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class MoveBlocksTests
{
    private const int BlocksFrom = 60, BlocksTo = 40;

    // Elements of a block: whole words of 16 bytes, and not.
    public static TheoryData<ScalarType, int, string> Cases()
    {
        var cases = new TheoryData<ScalarType, int, string>();
        foreach (var dtype in (ScalarType[])[ScalarType.Float32, ScalarType.BFloat16])
            foreach (var elements in (int[])[6, 1024, 40_000])
                foreach (var way in (string[])["within", "leaving", "arriving"])
                    cases.Add(dtype, elements, way);
        return cases;
    }

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Blocks_go_where_they_are_sent_and_no_others_change(
        ScalarType dtype, int elements, string way)
    {
        var bench = KernelBench.Of(dtype);
        using var scope = NewDisposeScope();
        var from = Pool(bench, BlocksFrom, elements, dtype, 0, onHost: way == "arriving");
        var to = Pool(bench, BlocksTo, elements, dtype, 1_000, onHost: way == "leaving");
        var (sources, expected) = (from.Select(Values).ToArray(), to.Select(Values).ToArray());
        bench.Settle();
        using var mover = new CudaBlockMover(from, to, bench.Device, bench.Kernels, bench.Stream);
        var random = new Random(elements);
        foreach (var count in (int[])[0, 1, 3, BlocksTo])
        {
            var targets = Enumerable.Range(0, BlocksTo).ToArray();
            random.Shuffle(targets);
            var moves = new BlockMoves(
                new("block", "pool", BlocksFrom), new("block", "pool", BlocksTo));
            moves.Clear(count);
            foreach (var target in targets[..count])
            {
                var source = random.Next(BlocksFrom);
                moves.Add(source, target);
                for (var i = 0; i < from.Length; i++)
                    sources[i].AsSpan(source * elements, elements)
                        .CopyTo(expected[i].AsSpan(target * elements));
            }
            mover.Move(moves);
            bench.Settle();
            foreach (var (values, tensor) in expected.Zip(to))
                Assert.True(values.AsSpan().SequenceEqual(Values(tensor)), $"{count} moves");
        }
    }

    private static ImmutableArray<Tensor> Pool(
        KernelBench bench, int blocks, int elements, ScalarType dtype, int seed, bool onHost) =>
    [
        .. Enumerable.Range(seed, 3).Select(i =>
        {
            var values = tensor(
                Draws.Normal(new(i), blocks * elements), dtype: ScalarType.Float64).to(dtype)
                .view(blocks, elements);
            return !onHost ? values.to(bench.Device)
                : Gpu.IsEmulated ? values : values.pin_memory();
        }),
    ];

    private static float[] Values(Tensor tensor) =>
        tensor.cpu().to(ScalarType.Float32).contiguous().data<float>().ToArray();
}
