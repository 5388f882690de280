using SkPaged.Bench.Paper;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>What the paper's other figures are about, on short traces.</summary>
public class FigureTests
{
    private static readonly PaperScale s_short = new(200, IsQuick: true);

    [Fact]
    public void As_many_run_at_once_as_in_the_paper() =>
        PaperTests.AssertAll(Expectations.OfBatches(
            new PaperScale(7200, IsQuick: true), ServingSystem.Ours));

    [Fact]
    public void More_beams_gain_more() =>
        PaperTests.AssertAll(Expectations.OfBeams(s_short, ServingSystem.OursSwapping));

    [Fact]
    public void A_longer_prefix_gains_more() =>
        PaperTests.AssertAll(Expectations.OfPrefixes(s_short));

    [Fact]
    public void Without_its_prefix_cache_ours_breaks_an_expectation() =>
        Assert.Contains(
            Expectations.OfPrefixes(s_short, ServingSystem.Ours), one => !one.Holds);

    [Fact]
    public void Conversations_gain_over_all_Orcas_alike() =>
        PaperTests.AssertAll(Expectations.OfChat(
            new PaperScale(600, IsQuick: true), ServingSystem.Ours));

    [Fact]
    public void Smaller_blocks_lose_less() =>
        PaperTests.AssertAll(Expectations.OfBlocks(s_short));

    [Fact]
    public void Small_blocks_are_dear_to_move_and_not_to_compute_again() =>
        PaperTests.AssertAll(Expectations.OfPreemption(new PaperScale(600, IsQuick: true)));
}
