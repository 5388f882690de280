using SkPaged.Engine.Cuda.Kernels;
using SkPaged.Engine.Pure;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Gpu.Tests.Kernels;

/// <summary>
/// Attention that turns its queries and writes the newest keys and values itself, against the two
/// kernels that do the one, then the other, and are tested against double precision.
/// </summary>
public class NewQueriesTests
{
    private const float Epsilon = 1e-6f;
    private const int Positions = 700;

    // Keys of each query; 0: it is none.
    private static readonly int[] _lengths = [1, 2, 15, 16, 17, 0, 64, 65, 300, 0, 513, 640];

    [SkippableTheory]
    [MemberData(nameof(KernelSizes.All), MemberType = typeof(KernelSizes))]
    public void It_finds_and_writes_what_two_kernels_do(
        ScalarType dtype, int headDim, int queryHeads, int kvHeads, int blockSize)
    {
        var sizes = KernelSizes.Of(dtype, headDim, queryHeads, kvHeads, blockSize);
        Skip.IfNot(sizes.HasTensorQueries, "there is no such kernel for these sizes");
        foreach (var (isBiased, isNormed) in ((bool, bool)[])
            [(false, false), (true, false), (false, true), (true, true)])
            foreach (var queries in (int[])[3, _lengths.Length])
                Check(KernelBench.Of(sizes), isBiased, isNormed, _lengths[^queries..]);
    }

    private static void Check(KernelBench bench, bool isBiased, bool isNormed, int[] lengths)
    {
        var sizes = bench.Constants;
        var (dim, random) = (sizes.HeadDim, new Random(lengths.Length));
        var width = (sizes.QueryHeads + 2 * sizes.KeyValueHeads) * dim;
        var x = Draws.Normal(random, lengths.Length * width, scale: 1.5).ToArray();
        using var bias = bench.Array(Draws.Normal(random, width));
        using var queryNorm = bench.Array(Draws.Normal(random, dim));
        using var keyNorm = bench.Array(Draws.Normal(random, dim));
        using var cosines = bench.Wide(Draws.Normal(random, Positions * dim / 2));
        using var sines = bench.Wide(Draws.Normal(random, Positions * dim / 2));
        using var step = new Step(bench, lengths, random);
        nint[] turning =
        [
            isBiased ? bias.Address : 0, isNormed ? queryNorm.Address : 0,
            isNormed ? keyNorm.Address : 0, cosines.Address, sines.Address, step.Positions,
            step.Slots,
        ];
        using var expected = new Found(bench, step, x);
        bench.Kernels.WriteQueryKeyValue(
            expected.Qkv.Address, turning[0], turning[1], turning[2], turning[3], turning[4],
            turning[5], turning[6], expected.Keys.Address, expected.Values.Address,
            lengths.Length, Epsilon);
        bench.Kernels.AttendQueries(
            expected.Qkv.Address, expected.Keys.Address, expected.Values.Address, step.Blocks, 0,
            step.Lengths, step.Tables, step.Units, expected.Output.Address,
            expected.Partials.Address, expected.Counters.Address, lengths.Length);
        using var actual = new Found(bench, step, x);
        bench.Kernels.AttendNewQueries(
            actual.Qkv.Address, actual.Keys.Address, actual.Values.Address, step.Blocks,
            step.Lengths, step.Tables, step.Units, actual.Output.Address, actual.Partials.Address,
            actual.Counters.Address, lengths.Length, turning[0], turning[1], turning[2],
            turning[3], turning[4], turning[5], turning[6], Epsilon);
        Assert.Equal(expected.Keys.Values(), actual.Keys.Values());
        Assert.Equal(expected.Values.Values(), actual.Values.Values());
        Assert.All(actual.Counters.Values(), counter => Assert.Equal(0, counter));
        Compare(sizes, lengths, expected.Output.Values(), actual.Output.Values());
    }

    // Where there is no query nothing is written.
    private static void Compare(
        KernelConstants sizes, int[] lengths, double[] expected, double[] actual)
    {
        var each = sizes.QueryHeads * sizes.HeadDim;
        for (var query = 0; query < lengths.Length; query++)
            if (lengths[query] == 0)
                Assert.All(actual[(query * each)..((query + 1) * each)], value =>
                    Assert.Equal(double.NaN, value));
            else
                Closeness.CheckRows(
                    expected[(query * each)..((query + 1) * each)],
                    actual[(query * each)..((query + 1) * each)], sizes.HeadDim,
                    4 * Closeness.Tolerance(sizes.DType), $"query of {lengths[query]} keys, head");
    }

    /// <summary>Columns of a step, over a cache whose newest slots hold nothing yet.</summary>
    private sealed class Step : IDisposable
    {
        private readonly List<DeviceArray> _columns = [];

        public Step(KernelBench bench, int[] lengths, Random random)
        {
            var sizes = bench.Constants;
            int[] counts =
                [.. lengths.Select(keys => BlockTable.BlocksFor(keys, sizes.BlockSize))];
            int[] blocks = [.. Enumerable.Range(0, counts.Sum() + 3)];
            random.Shuffle(blocks);
            int[] tables = [.. counts.Select((_, i) => counts[..i].Sum())];
            int[] slots =
            [
                .. lengths.Select((keys, i) => keys == 0 ? -1
                    : blocks[tables[i] + (keys - 1) / sizes.BlockSize] * sizes.BlockSize
                        + (keys - 1) % sizes.BlockSize),
            ];
            var units = new int[lengths.Length + 2];
            bench.Kernels.QueryUnits.Fill(lengths, units);
            (Queries, PoolBlocks) = (lengths.Length, blocks.Length);
            Filled =
            [
                .. lengths.SelectMany((keys, i) => Enumerable.Range(0, Math.Max(0, keys - 1))
                    .Select(key => blocks[tables[i] + key / sizes.BlockSize] * sizes.BlockSize
                        + key % sizes.BlockSize)),
            ];
            Blocks = Column(bench, blocks);
            Tables = Column(bench, tables);
            Lengths = Column(bench, lengths);
            Slots = Column(bench, slots);
            Positions = Column(bench, [.. lengths.Select(keys => Math.Max(0, keys - 1))]);
            Units = Column(bench, units);
        }

        public int Queries { get; }

        public int PoolBlocks { get; }

        /// <summary>Slots that earlier steps have written.</summary>
        public int[] Filled { get; }

        public nint Blocks { get; }

        public nint Tables { get; }

        public nint Lengths { get; }

        public nint Slots { get; }

        public nint Positions { get; }

        public nint Units { get; }

        public void Dispose() => _columns.ForEach(column => column.Dispose());

        private nint Column(KernelBench bench, int[] values)
        {
            _columns.Add(bench.Ints(values));
            return _columns[^1].Address;
        }
    }

    /// <summary>What one way of computing works on: the same for both.</summary>
    private sealed class Found : IDisposable
    {
        public Found(KernelBench bench, Step step, double[] x)
        {
            var sizes = bench.Constants;
            Qkv = bench.Array(x);
            Keys = bench.Array(Pool(sizes, step, new(5)));
            Values = bench.Array(Pool(sizes, step, new(6)));
            Output = bench.Poisoned(step.Queries * sizes.QueryHeads * sizes.HeadDim);
            Partials = bench.Wide(Enumerable.Repeat(
                double.NaN, (int)(bench.Kernels.QueryUnits.PartialBytes / sizeof(float))));
            Counters = bench.Ints(new int[step.Queries * sizes.HeadBlocks]);
        }

        public DeviceArray Qkv { get; }

        public DeviceArray Keys { get; }

        public DeviceArray Values { get; }

        public DeviceArray Output { get; }

        public DeviceArray Partials { get; }

        public DeviceArray Counters { get; }

        public void Dispose()
        {
            foreach (var array in (DeviceArray[])[Qkv, Keys, Values, Output, Partials, Counters])
                array.Dispose();
        }

        private static double[] Pool(KernelConstants sizes, Step step, Random random)
        {
            var (heads, size, dim) = (sizes.KeyValueHeads, sizes.BlockSize, sizes.HeadDim);
            var pool = new double[step.PoolBlocks * heads * size * dim];
            Array.Fill(pool, double.NaN);
            foreach (var slot in step.Filled)
                for (var head = 0; head < heads; head++)
                    Draws.Normal(random, dim).ToArray().CopyTo(
                        pool, ((slot / size * heads + head) * size + slot % size) * dim);
            return pool;
        }
    }
}
