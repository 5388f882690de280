using SkPaged.Engine.Cuda.Kernels;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class QueryUnitsTests
{
    private const int Blocks = 396;

    private static readonly QueryUnits _units =
        new(new(ScalarType.BFloat16, 128, 32, 8, 16), Blocks);

    [Theory]
    [InlineData(1), InlineData(2), InlineData(3), InlineData(4), InlineData(5), InlineData(6)]
    public void Every_key_is_in_one_unit_and_blocks_have_one_each_or_small_ones(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 100; round++)
        {
            var lengths = Enumerable.Range(0, random.Next(1, 100))
                .Select(_ => random.Next(0, 1 << random.Next(1, 13))).ToArray();
            var column = new int[lengths.Length + 2];
            _units.Fill(lengths, column);
            var keys = column[^1];
            Assert.True(keys >= 64 && keys % 64 == 0);
            for (var query = 0; query < lengths.Length; query++)
                Assert.InRange(
                    (column[query + 1] - column[query]) * keys - lengths[query], 0, keys - 1);
            Assert.True(keys == 64 || column[^2] * _units.Constants.HeadBlocks <= Blocks);
        }
    }

    [Fact]
    public void Short_queries_that_nearly_fill_the_device_are_not_cut()
    {
        var column = new int[34];
        _units.Fill([.. Enumerable.Repeat(512, 32)], column);
        Assert.Equal((32, 512), (column[^2], column[^1]));
    }

    [Fact]
    public void Long_ones_that_are_more_than_it_holds_are_cut_wherever_a_block_ends()
    {
        var column = new int[66];
        _units.Fill([.. Enumerable.Repeat(2048, 64)], column);
        Assert.Equal((64 * 32, 64), (column[^2], column[^1]));
    }
}
