using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Cuda.Memory;
using SkPaged.Engine.Cuda.Models;
using SkPaged.Engine.Cuda.Tests.Executor;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>
/// Both attention kernels, over the columns that a plan becomes, against a reference in double
/// precision. Slots that no sequence has written hold NaN, as the output does.
/// </summary>
public class AttentionTests
{
    // Keys that a block of threads works on at a time.
    private const int Split = 256;

    [SkippableTheory]
    [MemberData(nameof(KernelSizes.All), MemberType = typeof(KernelSizes))]
    public void Single_queries_see_all_keys_before_them(
        ScalarType dtype, int headDim, int queryHeads, int kvHeads, int blockSize)
    {
        var bench = KernelBench.Of(
            KernelSizes.Of(dtype, headDim, queryHeads, kvHeads, blockSize));
        Check(
            bench,
            [
                .. Around(blockSize).Concat([0, 1, Split - 2, Split - 1, Split, 2 * Split + 5])
                    .Distinct().Select(first => (first, 1)),
            ]);
    }

    [SkippableTheory]
    [MemberData(nameof(KernelSizes.All), MemberType = typeof(KernelSizes))]
    public void Chunks_of_prompts_see_what_the_cache_holds_and_themselves_up_to_each_token(
        ScalarType dtype, int headDim, int queryHeads, int kvHeads, int blockSize)
    {
        var bench = KernelBench.Of(
            KernelSizes.Of(dtype, headDim, queryHeads, kvHeads, blockSize));
        var tile = QueryTile.Rows / bench.Constants.Group;
        Check(
            bench,
            [
                (0, 2), (0, tile), (0, tile + 1), (0, 2 * tile - 1), (3, 2), (0, 1), (0, 70),
                (7, 1), (63, 2), (64, 3), (Split - 2, 4),
                .. Around(blockSize).Select(first => (first, 5)),
            ]);
    }

    private static IEnumerable<int> Around(int blockSize) =>
        new[] { 0, 1, blockSize - 1, blockSize, blockSize + 1 }.Where(first => first < 400);

    private static void Check(KernelBench bench, (int First, int Count)[] shapes)
    {
        var sizes = bench.Constants;
        var (dim, size) = (sizes.HeadDim, sizes.BlockSize);
        var blocks = shapes.Sum(s => BlockTable.BlocksFor(s.First + s.Count, size)) + 5;
        var (plan, tokens) = Plan(shapes, size, blocks);
        var random = new Random(dim + shapes.Length);
        var qkvWidth = (sizes.QueryHeads + 2 * sizes.KeyValueHeads) * dim;
        using var qkv = bench.Array(Draws.Normal(random, tokens * qkvWidth, scale: 1.5));
        using var keys = bench.Array(Pool(plan, sizes, blocks, random));
        using var values = bench.Array(Pool(plan, sizes, blocks, random));
        using var step = new StepUpload(bench.Kernels.QueryUnits, bench.Device, bench.Stream);
        var reader = new StepTokens(1000, blocks, 10_000);
        reader.Read(plan);
        step.Fill(plan, reader);
        step.Send();
        var expected = Reference(plan, sizes, qkv.Values(), keys.Values(), values.Values());
        Assert.Equal(sizes.HasTiles && shapes.Any(s => s.Count > 1), step.Columns.Tiles > 0);
        foreach (var atOnce in (int[])[1, 2, 7, 100, bench.Kernels.QueryUnits.Blocks])
        {
            using var output = bench.Poisoned(tokens * sizes.QueryHeads * dim);
            Attend(
                bench, step.Columns, qkv.Address, keys.Address, values.Address, output.Address,
                atOnce);
            // Weights are rounded to the type before they meet the values, so twice as far off.
            Closeness.CheckRows(
                expected, output.Values(), dim, 2 * Closeness.Tolerance(sizes.DType), "head");
        }
    }

    private static void Attend(
        KernelBench bench, StepColumns step, nint qkv, nint keys, nint values, nint output,
        int atOnce)
    {
        var sizes = bench.Constants;
        using var partials = bench.Wide(Enumerable.Repeat(
            double.NaN,
            (int)(bench.Kernels.QueryUnits with { Blocks = atOnce }).PartialBytes / sizeof(float)));
        using var counters = bench.Ints(Enumerable.Repeat(
            0, Math.Max(1, step.Queries * sizes.HeadBlocks)));
        if (step.Tiles > 0)
            bench.Kernels.AttendTiles(
                qkv, keys, values, step.Blocks, step.TileColumn, output, step.Tiles);
        if (step.Queries > 0)
            bench.Kernels.AttendQueries(
                qkv, keys, values, step.Blocks, step.QueryTokens, step.Lengths, step.Tables,
                step.Units, output, partials.Address, counters.Address, step.Queries, atOnce);
        Assert.All(counters.Values(), counter => Assert.Equal(0, counter));
    }

    private static (StepPlan Plan, int Tokens) Plan(
        (int First, int Count)[] shapes, int blockSize, int blocks)
    {
        var source = new BlockSource(blocks, blockSize, seed: 3);
        var sequences = shapes.Select((shape, id) => new TestSequence(
            id, [.. Enumerable.Range(1, shape.First + shape.Count)], source)).ToArray();
        foreach (var (sequence, (first, _)) in sequences.Zip(shapes))
            sequence.Advance(first);
        return (
            TestPlan.Of(blockSize, [.. sequences.Select(each => TestRow.Rest(each))]),
            shapes.Sum(shape => shape.Count));
    }

    // Every slot that a sequence has reached holds numbers, every other NaN.
    private static double[] Pool(
        StepPlan plan, KernelConstants sizes, int blocks, Random random)
    {
        var pool = new double[blocks * sizes.KeyValueHeads * sizes.BlockSize * sizes.HeadDim];
        Array.Fill(pool, double.NaN);
        for (var row = 0; row < plan.Rows; row++)
            for (var key = 0; key < plan.FirstPositions[row] + plan.TokenCounts[row]; key++)
                for (var head = 0; head < sizes.KeyValueHeads; head++)
                    Draws.Normal(random, sizes.HeadDim)
                        .CopyTo(pool, Offset(plan, row, key, head, sizes));
        return pool;
    }

    private static int Offset(
        StepPlan plan, int row, int position, int head, KernelConstants sizes)
    {
        var (block, offset) = Math.DivRem(position, sizes.BlockSize);
        return ((plan.BlockTables[row][block].Value * sizes.KeyValueHeads + head)
            * sizes.BlockSize + offset) * sizes.HeadDim;
    }

    private static double[] Reference(
        StepPlan plan, KernelConstants sizes, double[] qkv, double[] keys, double[] values)
    {
        var dim = sizes.HeadDim;
        var width = (sizes.QueryHeads + 2 * sizes.KeyValueHeads) * dim;
        var output = new List<double>();
        var token = 0;
        for (var row = 0; row < plan.Rows; row++)
            for (var i = 0; i < plan.TokenCounts[row]; i++, token++)
                for (var head = 0; head < sizes.QueryHeads; head++)
                {
                    var query = qkv.AsSpan(token * width + head * dim, dim);
                    var kvHead = head / sizes.Group;
                    var weights = new double[plan.FirstPositions[row] + i + 1];
                    for (var key = 0; key < weights.Length; key++)
                        weights[key] = Dot(
                            query, keys.AsSpan(Offset(plan, row, key, kvHead, sizes), dim))
                            / Math.Sqrt(dim);
                    var most = weights.Max();
                    weights = [.. weights.Select(weight => Math.Exp(weight - most))];
                    var (mass, sums) = (weights.Sum(), new double[dim]);
                    for (var key = 0; key < weights.Length; key++)
                        for (var d = 0; d < dim; d++)
                            sums[d] += weights[key] / mass
                                * values[Offset(plan, row, key, kvHead, sizes) + d];
                    output.AddRange(sums);
                }
        return [.. output];
    }

    private static double Dot(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        var sum = 0.0;
        for (var i = 0; i < a.Length; i++)
            sum += a[i] * b[i];
        return sum;
    }
}
