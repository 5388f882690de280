using SkPaged.Engine.Cuda.Kernels;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Kernels;

public class ProductTuningTests
{
    private static readonly ProductShape _shape = new(16, 64, 96, false, false);

    public static TheoryData<double?[], int, int> Cases() => new()
    {
        // Times; the fastest; the chosen one.
        { [10], 0, 0 },
        { [10, 11, 12], 0, 0 },
        { [10, 9.81, 12], 1, 0 },
        { [10, 9.79, 12], 1, 1 },
        { [10, 9, 8, 8], 2, 2 },
        { [10, null, 8], 2, 2 },
        { [null, null, 8, 9], 2, 2 },
        { [10, null], 0, 0 },
        { [null, null], 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void The_fastest_is_chosen_if_it_is_ahead_of_the_first_by_more_than_2_percent(
        double?[] times, int fastest, int chosen)
    {
        var tuning = new ProductTuning(_shape, [.. times]);
        Assert.Equal((fastest, chosen), (tuning.Fastest, tuning.Chosen));
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(8 << 20, 32)]
    [InlineData(32 << 20, 8)]
    [InlineData((32 << 20) + 1, 8)]
    [InlineData((32 << 20) - 1, 9)]
    [InlineData(64 << 20, 4)]
    [InlineData(2_000_000_000, 4)]
    public void A_pass_reads_256_megabytes_of_weights_in_4_to_32_launches(
        long weightBytes, int launches) =>
        Assert.Equal(launches, ProductTuner.Launches(weightBytes));
}
