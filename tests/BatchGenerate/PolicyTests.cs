using System.Text.Json.Nodes;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>Whose turn it is, by what the lines say.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class PolicyTests
{
    // One sequence runs at a time. Whichever line is read first may start at once; of the others
    // the urgent one does not wait for those that came before it.
    [Fact]
    public void A_line_with_a_lower_priority_number_overtakes_those_that_wait()
    {
        var lines = Enumerable.Range(0, 8)
            .Select(number => Line($"\"priority\":{(number == 7 ? -1 : 5)}"));
        var run = Run.Of(
            string.Join('\n', lines), "--policy", "priority", "--max-sequences", "1");
        Assert.Equal(0, run.Code);
        Assert.InRange(Before(run, 7), 0, 2);
        Assert.InRange(Enumerable.Range(0, 7).Max(line => Before(run, line)), 6, 7);
    }

    [Fact]
    public void A_tenant_with_one_line_does_not_wait_for_all_of_another()
    {
        var lines = Enumerable.Range(0, 8)
            .Select(number => Line($"\"tenant\":\"{(number == 7 ? "small" : "great")}\""));
        var run = Run.Of(string.Join('\n', lines), "--policy", "fair", "--max-sequences", "1");
        Assert.Equal(0, run.Code);
        Assert.InRange(Before(run, 7), 0, 3);
        Assert.InRange(Enumerable.Range(0, 7).Max(line => Before(run, line)), 6, 7);
    }

    [Fact]
    public void Tenants_go_under_any_policy_and_lines_without_priority_too()
    {
        var line = Line("\"tenant\":\"a\",\"priority\":0");
        foreach (var policy in (string[])["fcfs", "priority", "fair"])
            Assert.Equal(0, Run.Of(line, "--policy", policy).Code);
    }

    private static string Line(string fields) =>
        "{\"prompt\":\"Hello\",\"max_tokens\":100,\"ignore_eos\":true," + fields + "}";

    // Lines that had their first token before this one.
    private static int Before(Run run, int line) =>
        run.Lines.Count(other => Ttft(other) < Ttft(run.Lines[line]));

    private static double Ttft(JsonObject line) =>
        line["ttft_ms"]!.GetValue<double>();
}
