using SkPaged.Engine.Cuda.Sampling;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Sampling;

public class PhiloxTests
{
    // kat_vectors of the authors' Random123 library: philox4x32, 10 rounds.
    [Theory]
    [InlineData(
        0, 0, 0, 0, 0, 0,
        0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)]
    [InlineData(
        0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
        0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd)]
    [InlineData(
        0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0,
        0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1)]
    public void The_published_answers_come_out(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), Philox.Block((c0, c1, c2, c3), (k0, k1)));

    [Fact]
    public void A_uniform_number_is_the_upper_bits_of_its_block() =>
        Assert.Equal(
            (0xe169c58d_6627e8d5UL >> 11) / (double)(1UL << 53),
            Philox.Uniform(seed: 0, sample: 0, position: 0));

    [Fact]
    public void Seed_sample_and_position_each_count()
    {
        var numbers =
            from seed in (ulong[])[0, 1, 1UL << 40]
            from sample in (int[])[0, 1]
            from position in (long[])[0, 1, 1L << 40]
            select Philox.Uniform(seed, sample, position);
        Assert.Equal(18, numbers.Distinct().Count());
    }

    [Fact]
    public void Uniform_numbers_fill_the_unit_interval()
    {
        var numbers = Enumerable.Range(0, 100_000).Select(i => Philox.Uniform(3, 0, i)).ToArray();
        Assert.All(numbers, number => Assert.InRange(number, 0, 1 - double.Epsilon));
        var bins = numbers.GroupBy(number => (int)(number * 16)).Select(bin => bin.Count());
        // 15 degrees of freedom: above 44.3 once in ten thousand seeds; this is one seed.
        Assert.InRange(bins.Sum(count => Math.Pow(count - 6250, 2) / 6250), 0, 44.3);
    }
}
