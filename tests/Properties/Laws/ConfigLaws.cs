using System.Globalization;
using FsCheck;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Properties.Laws;

/// <summary>A configuration is checked once, as a whole.</summary>
public static class ConfigLaws
{
    private static readonly SchedulerConfig s_good = new()
    {
        BlocksTotal = 4,
        MaxModelLength = 64,
        VocabularySize = 16,
    };

    // Good and bad values on both sides of each limit.
    private static readonly (
        string Name, Func<SchedulerConfig, int, SchedulerConfig> With, int[] Good, int[] Bad)[]
        s_ranges =
        [
            ("BlockSize", (config, value) => config with { BlockSize = value },
                [2, 1024], [0, -1, 1025]),
            ("BlocksTotal", (config, value) => config with { BlocksTotal = value },
                [2, 1000], [0, -1]),
            ("MaxModelLength", (config, value) => config with { MaxModelLength = value },
                [2, int.MaxValue], [1, 0, -1]),
            ("VocabularySize", (config, value) => config with { VocabularySize = value },
                [1, int.MaxValue], [0, -1]),
            ("MaxSequences", (config, value) => config with { MaxSequences = value },
                [1, int.MaxValue], [0, -1]),
            ("MaxBatchedTokens", (config, value) => config with { MaxBatchedTokens = value },
                [1, int.MaxValue], [0, -1]),
            ("LongPrefillThreshold", (config, value) =>
                config with { LongPrefillThreshold = value },
                [0, 1, int.MaxValue], [-1]),
            ("MaxWaiting", (config, value) => config with { MaxWaiting = value },
                [1, int.MaxValue], [0, -1]),
            ("Watermark", (config, value) => config with { Watermark = value / 100d },
                [0, 99], [-1, 100, 101]),
        ];

    [Law]
    public static void Every_value_out_of_range_is_named_and_no_other(
        bool[] wrong, NonNegativeInt[] picks)
    {
        bool Wrong(int index) => index < wrong.Length && wrong[index];
        int Pick(int index, int[] choices) =>
            choices[picks.Length == 0 ? 0 : picks[index % picks.Length].Get % choices.Length];
        var config = s_ranges.Index().Aggregate(s_good, (sum, each) => each.Item.With(
            sum, Pick(each.Index, Wrong(each.Index) ? each.Item.Bad : each.Item.Good)));
        Assert.Equal(
            s_ranges.Where((_, index) => Wrong(index)).Select(range => range.Name),
            Errors(config).Select(error => error.Name));
    }

    [Fact]
    public static void A_good_configuration_is_itself() =>
        Assert.Same(s_good, s_good.Validate().Match(config => config, _ => null!));

    [Fact]
    public static void A_pool_must_hold_a_prompt_token_and_one_of_output() =>
        Assert.Equal(
            ["BlocksTotal is 1; it must be enough for 2 tokens."],
            Errors(s_good with { BlocksTotal = 1, BlockSize = 1 }).Select(each => each.Message));

    [Fact]
    public static void A_watermark_that_is_no_number_is_out_of_range() =>
        Assert.Equal(
            ["Watermark is NaN; it must be in [0, 1)."],
            Errors(s_good with { Watermark = double.NaN }).Select(each => each.Message));

    [Fact]
    public static void Errors_are_told_in_the_same_words_wherever_they_are_read()
    {
        var before = CultureInfo.CurrentCulture;
        var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "minus ";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal(
                [
                    "BlocksTotal is -3; it must be at least 1.",
                    "Watermark is 1.5; it must be in [0, 1).",
                ],
                Errors(s_good with { BlocksTotal = -3, Watermark = 1.5 })
                    .Select(error => error.Message));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ConfigError[] Errors(SchedulerConfig config) =>
        config.Validate().Match(_ => [], errors => errors.ToArray());
}
