using System.Text.Json.Nodes;
using Xunit;

namespace SkPaged.BatchGenerate.Tests;

/// <summary>Several outputs of one line: one request, one prefill.</summary>
[Collection(nameof(Run))] // one at a time: there is one console
public sealed class GroupTests
{
    private const string Line =
        "\"prompt\":\"Mira Toft runs the Blue Anchor. She\",\"max_tokens\":24,"
        + "\"ignore_eos\":true,\"temperature\":1.5,\"seed\":7";

    [Fact]
    public void Samples_share_one_prefill_and_the_first_are_the_same_however_many_follow()
    {
        var (one, four) = (Of(""), Of(",\"n\":4"));
        var samples = four.Outputs(0);
        Assert.Equal(4, samples.Distinct().Count());
        Assert.Equal(one.Outputs(0), samples[..1]);
        Assert.Equal(Of(",\"n\":2").Outputs(0), samples[..2]);
        Assert.Equal([0, 1, 2, 3], four.Lines[0]["outputs"]!.AsArray().Select(
            output => output!["index"]!.GetValue<int>()));

        var prompt = four.Lines[0]["prompt_tokens"]!.GetValue<int>();
        Assert.Equal(one.Lines[0]["prompt_tokens"]!.GetValue<int>(), prompt);
        Assert.Equal(prompt, four.Summary("computed")[0]);
        Assert.Equal(4 * 24, four.Lines[0]["output_tokens"]!.GetValue<int>());
        Assert.NotEqual(0, prompt % 16);
        Assert.Equal([3], four.Summary("COW copies"));
    }

    [Fact]
    public void The_best_of_several_are_the_likeliest_of_them_the_best_first()
    {
        var all = Of(",\"n\":5");
        var best = Of(",\"n\":2,\"best_of\":5");
        var ranked = all.Lines[0]["outputs"]!.AsArray()
            .OrderByDescending(output => output!["cumulative_logprob"]!.GetValue<double>()
                / output["token_ids"]!.AsArray().Count)
            .Select(output => output!["token_ids"]!.ToJsonString());
        Assert.Equal(ranked.Take(2), best.Outputs(0));
        Assert.NotEqual(all.Outputs(0)[..2], best.Outputs(0));
        Assert.Equal([0, 1], best.Lines[0]["outputs"]!.AsArray().Select(
            output => output!["index"]!.GetValue<int>()));
        Assert.Equal(
            all.Lines[0]["output_tokens"]!.ToJsonString(),
            best.Lines[0]["output_tokens"]!.ToJsonString());
    }

    [Fact]
    public void A_stop_string_ends_the_sample_that_has_it_and_no_other()
    {
        var free = Texts(Of(",\"n\":3"));
        var word = free[1].Split(' ')
            .First(word => word.Length > 2 && free.Count(text => text.Contains(word)) == 1);
        var stopped = Of($",\"n\":3,\"stop\":{JsonValue.Create(word).ToJsonString()}");
        Assert.Equal(
            [free[0], free[1][..free[1].IndexOf(word, StringComparison.Ordinal)], free[2]],
            Texts(stopped));
        Assert.Equal(
            ["length", "stop", "length"],
            stopped.Lines[0]["outputs"]!.AsArray().Select(output => $"{output!["finish_reason"]}"));
    }

    [Fact]
    public void Of_beams_the_best_are_the_outputs_by_log_probability_a_token()
    {
        var (one, three) = (Search("\"n\":1"), Search("\"n\":3"));
        Assert.Equal(3, three.Outputs(0).Distinct().Count());
        Assert.Equal(one.Outputs(0), three.Outputs(0)[..1]);
        var worths = three.Lines[0]["outputs"]!.AsArray().Select(output =>
            output!["cumulative_logprob"]!.GetValue<double>()
            / output["token_ids"]!.AsArray().Count).ToArray();
        Assert.Equal(worths.OrderDescending(), worths);
        Assert.All(worths, worth => Assert.InRange(worth, double.MinValue, 0));
        Assert.Equal(
            three.Lines[0]["prompt_tokens"]!.GetValue<int>(), three.Summary("computed")[0]);
        Assert.Equal(
            three.Outputs(0).Sum(output => output.Split(',').Length),
            three.Lines[0]["output_tokens"]!.GetValue<int>());
    }

    // A penalty on short hypotheses lets the search go on to long ones, unless it ends with the
    // first three. One id in four ends a hypothesis: some do, whatever the model likes to say.
    [Fact]
    public void How_a_search_ends_and_ranks_is_the_lines_to_say()
    {
        var tokens = new[] { "true", "false", "\"never\"" }
            .Select(early => Tokens($"\"early_stopping\":{early},\"length_penalty\":5"))
            .ToArray();
        Assert.True(tokens[0] < tokens[2], $"{tokens[0]} tokens, never early {tokens[2]}");
        var brief = Tokens("\"length_penalty\":-5");
        Assert.True(brief < tokens[2], $"{brief} tokens where long ones are penalised");
    }

    // Six times two samples of about 40 tokens in 256 slots, and in as many as they like.
    [Theory]
    [InlineData("swap")]
    [InlineData("recompute")]
    public void With_too_few_blocks_samples_are_the_same_and_the_summary_tells_how(string mode)
    {
        var lines = Crowd();
        var roomy = Run.Of(lines, "--dtype", "float32", "--kv-blocks", "256");
        var tight = Run.Of(
            lines, "--dtype", "float32", "--host-blocks", "64", "--preemption", mode);
        Assert.Equal([0, 0], roomy.Summary("preemptions"));
        Assert.Equal([0, 0], roomy.Summary("swapped"));
        for (var line = 0; line < 6; line++)
            Assert.Equal(roomy.Outputs(line), tight.Outputs(line));

        var preemptions = tight.Summary("preemptions");
        var (byRecompute, bySwap) = (preemptions[0], preemptions[1]);
        var swaps = mode == "swap";
        Assert.Equal((!swaps, swaps), (byRecompute > 0, bySwap > 0));
        Assert.Equal(swaps, tight.Summary("swapped")[0] > 0);
        Assert.Equal(
            byRecompute + bySwap,
            tight.Lines.Sum(line => line["preemptions"]!.GetValue<int>()));
        Assert.True(tight.Summary("COW copies")[0] > 0, "nothing was copied");
    }

    // A block moves in the time of one prompt token, by default: a move there and back costs less
    // than to compute the 16 tokens of each block again.
    [Theory]
    [InlineData("64", true)]
    [InlineData("0", false)]
    public void Preemption_auto_swaps_where_that_costs_less_and_where_there_is_room(
        string hostBlocks, bool swaps)
    {
        var roomy = Run.Of(Crowd(), "--dtype", "float32", "--kv-blocks", "256");
        var tight = Run.Of(
            Crowd(), "--dtype", "float32", "--host-blocks", hostBlocks, "--preemption", "auto");
        Assert.Equal((0, 0), (roomy.Code, tight.Code));
        for (var line = 0; line < 6; line++)
            Assert.Equal(roomy.Outputs(line), tight.Outputs(line));

        var preemptions = tight.Summary("preemptions");
        Assert.Equal((!swaps, swaps), (preemptions[0] > 0, preemptions[1] > 0));
        Assert.Equal(
            (swaps, swaps),
            (tight.Summary("swapped")[0] > 0, tight.Summary("swapped")[1] > 0));
    }

    // Six lines of two samples each, of about 40 and 60 tokens.
    private static string Crowd() =>
        string.Join('\n', Enumerable.Range(0, 6).Select(number =>
            "{\"prompt\":\"" + "one two three"[..(3 + number)]
            + " Blue Anchor\",\"max_tokens\":60,\"ignore_eos\":true,\"seed\":" + number
            + ",\"n\":2}"));

    private static Run Of(string fields)
    {
        var run = Run.Of("{" + Line + fields + "}", "--dtype", "float32");
        Assert.Equal(0, run.Code);
        return run;
    }

    private static Run Search(string fields)
    {
        var run = Run.Of(
            "{\"prompt\":\"Mira Toft runs the Blue Anchor. She\",\"max_tokens\":24,"
            + $"\"beam_width\":3,{fields}}}", "--dtype", "float32");
        Assert.Equal(0, run.Code);
        return run;
    }

    // Of the answers to several beginnings: most models are too sure of some for it to matter.
    private static int Tokens(string fields)
    {
        string[] prompts =
        [
            "I am", "The red boat belongs to Tom. Tom", "Mira Toft runs the Blue Anchor. She",
        ];
        var stops = Enumerable.Range(0, 1024).Select(i => 4 * i);
        var run = Run.Of(
            string.Join('\n', prompts.Select(prompt =>
                $"{{\"prompt\":\"{prompt}\",\"max_tokens\":24,\"beam_width\":3,"
                + $"\"stop_token_ids\":[{string.Join(',', stops)}],{fields}}}")),
            "--dtype", "float32");
        Assert.Equal(0, run.Code);
        return run.Lines.Sum(line =>
        {
            Assert.Single(line["outputs"]!.AsArray());
            return line["output_tokens"]!.GetValue<int>();
        });
    }

    private static string[] Texts(Run run) =>
        [.. run.Lines[0]["outputs"]!.AsArray().Select(output => $"{output!["text"]}")];
}
