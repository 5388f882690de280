using SkPaged.Bench.Paper;
using Xunit;

namespace SkPaged.Bench.Tests;

public class LengthTests
{
    // Half a token is rounding's; of 20,000 draws of so wide a spread the mean is off by 1 to 2 %.
    [Theory]
    [InlineData("ShareGPT", 161.31, 337.99)]
    [InlineData("Alpaca", 19.31, 58.45)]
    public void Drawn_lengths_have_the_means_of_the_papers_data(
        string name, double input, double output)
    {
        var work = name == "ShareGPT" ? Workload.ShareGpt : Workload.Alpaca;
        Assert.InRange(work.Input.MeanDrawn, input - 0.5, input + 0.5);
        Assert.InRange(work.Output.MeanDrawn, output - 0.5, output + 0.5);
        var requests = work.Burst(20_000);
        Assert.InRange(
            requests.Average(one => one.Request.Prompt.Length), 0.97 * input, 1.03 * input);
        Assert.InRange(
            requests.Average(one => one.Request.Stop.MaxTokens), 0.97 * output, 1.03 * output);
        Assert.All(requests, one => Assert.InRange(
            one.Request.Prompt.Length + one.Request.Stop.MaxTokens, 2, ServingSystem.LengthMax));
    }

    // Of Orca (Max) in figure 2 it follows that a running sequence ends at 758 tokens on average.
    [Fact]
    public void Weighed_by_how_long_they_run_sequences_are_as_long_as_the_papers()
    {
        var requests = Workload.ShareGpt.Burst(20_000);
        var time = requests.Sum(one => (double)one.Request.Stop.MaxTokens);
        var final = requests.Sum(one => (double)one.Request.Stop.MaxTokens
            * (one.Request.Prompt.Length + one.Request.Stop.MaxTokens));
        Assert.InRange(final / time, 720, 790);
    }

    [Fact]
    public void Arrivals_come_at_the_rate_and_a_longer_trace_begins_like_a_shorter_one()
    {
        var trace = Workload.Alpaca.Trace(rate: 10, seconds: 1000);
        Assert.InRange(trace.Count, 9600, 10_400);
        var longer = Workload.Alpaca.Trace(rate: 10, seconds: 1100);
        Assert.Equal(
            trace.Select(one => one.Second), longer.Take(trace.Count).Select(one => one.Second));
        Assert.Equal(
            trace[^1].Request.Prompt.AsEnumerable(),
            longer[trace.Count - 1].Request.Prompt.AsEnumerable());
    }
}
