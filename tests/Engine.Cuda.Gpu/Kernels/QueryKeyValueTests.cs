using SkPaged.Engine.Cuda.Kernels;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

public class QueryKeyValueTests
{
    private const float Epsilon = 1e-6f;
    private const int Positions = 50, Blocks = 9;

    [SkippableTheory]
    [MemberData(nameof(KernelSizes.All), MemberType = typeof(KernelSizes))]
    public void Heads_are_biased_normed_and_turned_and_keys_and_values_reach_their_slots(
        ScalarType dtype, int headDim, int queryHeads, int kvHeads, int blockSize)
    {
        var sizes = KernelSizes.Of(dtype, headDim, queryHeads, kvHeads, blockSize);
        foreach (var (isBiased, isNormed) in ((bool, bool)[])
            [(false, false), (true, false), (false, true), (true, true)])
            Check(KernelBench.Of(sizes), isBiased, isNormed);
    }

    private static void Check(KernelBench bench, bool isBiased, bool isNormed)
    {
        var sizes = bench.Constants;
        var (dim, heads) = (sizes.HeadDim, sizes.QueryHeads + 2 * sizes.KeyValueHeads);
        var random = new Random(dim + heads);
        var slots = Enumerable.Range(0, Blocks * sizes.BlockSize).ToArray();
        random.Shuffle(slots);
        int[] positions = [0, 49, 7, 7, 1];
        slots = slots[..positions.Length];
        var width = heads * dim;
        using var qkv = bench.Array(Draws.Normal(random, positions.Length * width, scale: 2));
        using var bias = bench.Array(Draws.Normal(random, width));
        using var queryNorm = bench.Array(Draws.Normal(random, dim));
        using var keyNorm = bench.Array(Draws.Normal(random, dim));
        using var cosines = bench.Wide(Draws.Normal(random, Positions * dim / 2));
        using var sines = bench.Wide(Draws.Normal(random, Positions * dim / 2));
        using var places = bench.Ints(positions);
        using var slotColumn = bench.Ints(slots);
        var poolSize = Blocks * sizes.KeyValueHeads * sizes.BlockSize * dim;
        using var keys = bench.Poisoned(poolSize);
        using var values = bench.Poisoned(poolSize);

        var x = qkv.Values();
        var b = isBiased ? bias.Values() : new double[width];
        var (cos, sin) = (cosines.Values(), sines.Values());
        var (queryScale, keyScale) = (queryNorm.Values(), keyNorm.Values());
        double[] Expected(int token, int head)
        {
            var row = Enumerable.Range(head * dim, dim)
                .Select(i => x[token * width + i] + b[i]).ToArray();
            if (head >= sizes.QueryHeads + sizes.KeyValueHeads)
                return row;
            if (isNormed)
            {
                var scale = 1 / Math.Sqrt(row.Average(e => e * e) + Epsilon);
                row = [.. row.Zip(
                    head < sizes.QueryHeads ? queryScale : keyScale, (e, w) => e * scale * w)];
            }
            var angles = positions[token] * dim / 2;
            return
            [
                .. Enumerable.Range(0, dim).Select(i => i < dim / 2
                    ? row[i] * cos[angles + i] - row[i + dim / 2] * sin[angles + i]
                    : row[i] * cos[angles + i - dim / 2]
                        + row[i - dim / 2] * sin[angles + i - dim / 2]),
            ];
        }

        bench.Kernels.WriteQueryKeyValue(
            qkv.Address, isBiased ? bias.Address : 0, isNormed ? queryNorm.Address : 0,
            isNormed ? keyNorm.Address : 0, cosines.Address, sines.Address, places.Address,
            slotColumn.Address, keys.Address, values.Address, positions.Length, Epsilon);

        var (turned, k, v) = (qkv.Values(), keys.Values(), values.Values());
        var tolerance = Closeness.Tolerance(sizes.DType);
        for (var token = 0; token < positions.Length; token++)
            for (var head = 0; head < heads; head++)
            {
                var expected = Expected(token, head);
                var kvHead = (head - sizes.QueryHeads) % sizes.KeyValueHeads;
                var slot = Slot(sizes, slots[token], Math.Max(0, kvHead));
                var actual = head < sizes.QueryHeads
                    ? turned.AsSpan(token * width + head * dim, dim)
                    : (head < sizes.QueryHeads + sizes.KeyValueHeads ? k : v).AsSpan(slot, dim);
                Closeness.CheckRows(
                    expected, actual.ToArray(), dim, tolerance, $"token {token}, head {head}");
            }
        CheckOthers(sizes, positions.Length, k);
        CheckOthers(sizes, positions.Length, v);
    }

    // No other slot was written.
    private static void CheckOthers(KernelConstants sizes, int tokens, double[] pool) =>
        Assert.Equal(
            pool.Length - tokens * sizes.KeyValueHeads * sizes.HeadDim,
            pool.Count(double.IsNaN));

    private static int Slot(KernelConstants sizes, int slot, int head) =>
        ((slot / sizes.BlockSize * sizes.KeyValueHeads + head) * sizes.BlockSize
            + slot % sizes.BlockSize) * sizes.HeadDim;
}
