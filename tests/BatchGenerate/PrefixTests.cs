using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>Lines that begin alike and come together: their beginning is computed once.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class PrefixTests
{
    private const int LinesTotal = 12;
    private const int Common = 100;
    private const int Own = 5;

    [Fact]
    public void The_summary_counts_what_lines_have_in_common_once_and_the_rest_of_each()
    {
        var run = Run.Of(Lines(Own), "--kv-blocks", "256");
        Assert.Equal(0, run.Code);
        // 6 whole blocks of 16 tokens.
        const int Shared = Common / 16 * 16;
        Assert.Equal(
            Common + Own + (LinesTotal - 1) * (Common + Own - Shared), run.Summary("computed")[0]);
        Assert.Equal((LinesTotal - 1) * Shared, run.Summary("prefix cache")[0]);
    }

    [Fact]
    public void Lines_that_are_the_same_compute_one_prompt_and_the_end_of_each()
    {
        var run = Run.Of(Lines(0), "--kv-blocks", "256");
        const int Shared = (Common - 1) / 16 * 16;
        Assert.Equal(
            Common + (LinesTotal - 1) * (Common - Shared), run.Summary("computed")[0]);
        Assert.All(run.Lines, line => Assert.Equal(run.Outputs(0), run.Outputs(
            run.Lines.ToList().IndexOf(line))));
    }

    [Fact]
    public void Without_a_prefix_cache_every_line_is_computed_whole()
    {
        var run = Run.Of(Lines(Own), "--kv-blocks", "256", "--no-prefix-cache");
        Assert.Equal(LinesTotal * (Common + Own), run.Summary("computed")[0]);
        Assert.Equal(0, run.Summary("prefix cache")[0]);
    }

    private static string Lines(int own) =>
        string.Join('\n', Enumerable.Range(0, LinesTotal).Select(number =>
        {
            var tokens = Enumerable.Range(0, Common).Select(at => 20 + at * 7 % 200)
                .Concat(Enumerable.Range(0, own).Select(at => 20 + number + at));
            return $"{{\"prompt_token_ids\":[{string.Join(',', tokens)}],\"max_tokens\":4,"
                + "\"ignore_eos\":true,\"temperature\":0}";
        }));
}
