using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Examples;

/// <summary>What an operator reads of limits that cannot be kept.</summary>
public class ConfigMessages
{
    private static readonly SchedulerConfig s_good = new()
    {
        BlocksTotal = 4,
        MaxModelLength = 64,
        VocabularySize = 16,
    };

    [Fact]
    public void Of_swapping() =>
        Says(
            s_good with
            {
                HostBlocksTotal = -1,
                SwapCostPerBlock = 1_000_001,
                PreemptionMode = (PreemptionMode)7,
            },
            "HostBlocksTotal is -1; it must be at least 0.",
            "SwapCostPerBlock is 1000001; it must be from 0 to 1000000.",
            "PreemptionMode is 7; it must be one of the named.");

    [Fact]
    public void Of_policies() =>
        Says(
            s_good with
            {
                PromptTokenWeight = 0,
                OutputTokenWeight = 1001,
                Policy = (SchedulingPolicy)9,
            },
            "PromptTokenWeight is 0; it must be from 1 to 1000.",
            "OutputTokenWeight is 1001; it must be from 1 to 1000.",
            "Policy is 9; it must be one of the policies that there are.");

    [Theory]
    [InlineData(-0.5)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_cost_of_swapping_is_a_number_that_is_not_negative(double cost) =>
        Assert.Equal("SwapCostPerBlock", Assert.Single(
            Errors(s_good with { SwapCostPerBlock = cost })).Name);

    [Fact]
    public void The_least_and_the_most_can_be_kept()
    {
        Says(s_good with
        {
            PromptTokenWeight = 1,
            OutputTokenWeight = 1000,
            SwapCostPerBlock = 0,
            PreemptionMode = PreemptionMode.Recompute,
            Policy = SchedulingPolicy.FairShare,
        });
        Says(s_good with { SwapCostPerBlock = 1_000_000, Watermark = 0 });
        Says(s_good with { BlocksTotal = 1, BlockSize = 2 });
        Says(s_good with { BlocksTotal = 2, BlockSize = 1 });
    }

    private static void Says(SchedulerConfig config, params string[] messages) =>
        Assert.Equal(messages, Errors(config).Select(error => error.Message));

    private static ConfigError[] Errors(SchedulerConfig config) =>
        config.Validate().Match(_ => [], errors => errors.ToArray());
}
