using System.CommandLine;
using LanguageExt;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Cuda.Tests;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Bench.Tests;

/// <summary>A log is a run: what it says comes out, and what is wrong with it is named.</summary>
public sealed class ReplayTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData("run.jsonl"), InlineData("run.jsonl.gz")]
    public async Task All_that_a_recorded_engine_decided_is_printed_and_no_law_is_broken(
        string name)
    {
        var file = _folder[name];
        var run = await RecordedRun.To(file);

        var (code, output, errors) = Replay(file);

        Assert.Equal((0, ""), (code, errors));
        Assert.DoesNotContain("BROKEN", output);
        var decisions = Decisions(output);
        Assert.Equal(
            run.Plans.Select(plan => PlainText.Of(new Decision.RunStep(plan))),
            decisions.Where(line => line.StartsWith("run ", StringComparison.Ordinal)));
        foreach (var (request, answer) in run.Answers.Index())
        {
            var told = decisions.Where(line =>
                line.StartsWith($"request {request} ", StringComparison.Ordinal)
                || line.StartsWith($"request {request},", StringComparison.Ordinal)).ToList();
            // Who leaves early is told less than was decided.
            var seen = answer.Select(each => Told(request, each)).ToList();
            Assert.Equal(seen, told.Take(seen.Count));
            Assert.Equal(request == 7, told.Count > seen.Count);
        }

        Assert.Equal(
            decisions.Count,
            decisions.Count(line => line.StartsWith("run ", StringComparison.Ordinal)
                || line.StartsWith("request ", StringComparison.Ordinal)));
        Assert.Equal(
            EventLog.Open(file).Events.Select((evt, index) => $"{index,8} {PlainText.Of(evt)}"),
            Lines(output)[..^2].Where(line => !line.StartsWith("         ->")));
        Assert.Contains(" 0 broken laws, 0 running, 0 waiting, 0 live and ", Lines(output)[^2]);
    }

    [Fact]
    public void A_run_is_printed_event_by_event_with_what_follows_from_each()
    {
        var (code, output, _) = Replay(Write(
            Submitted, Wanted, Completed(0, 4), Wanted, Completed(1, 9)));

        Assert.Equal(0, code);
        Assert.Equal(
        [
            "       0 submitted request 0: 3 tokens, at most 2 more",
            "       1 a step is wanted",
            "         -> run step 0: 1 rows, 3 tokens: 0 [0..3)",
            "       2 completed step 0: 1 tokens drawn",
            "         -> request 0 gets token 4",
            "       3 a step is wanted",
            "         -> run step 1: 1 rows, 1 tokens: 0 [3..4)",
            "       4 completed step 1: 1 tokens drawn",
            "         -> request 0 gets token 9",
        ], Lines(output)[..9]);
        Assert.StartsWith(
            "         -> request 0 ends (Length), Usage { PromptTokens = 3, OutputTokens = 2,",
            Lines(output)[9]);
        Assert.Equal(
            "5 events, 0 broken laws, 0 running, 0 waiting, 0 live and 1 cached blocks of 24",
            Lines(output)[10]);
        Assert.StartsWith("SchedulerStats { Steps = 2, PrefillTokens = 3,", Lines(output)[11]);
        Assert.Equal(12, Lines(output).Length);
    }

    [Fact]
    public void A_scheduler_that_leaks_what_a_cancelled_request_held_is_seen_to()
    {
        var file = Write(
            Submitted, Wanted, Completed(0, 4), """{"cancelled":0,"reason":"Abort"}""", Wanted);

        var (code, output, _) = Replay(file, step: (config, state, evt) =>
        {
            var (next, decisions) = Scheduler.Step(config, state, evt);
            return (evt is Event.Cancelled ? next with { Blocks = state.Blocks } : next, decisions);
        });

        Assert.Equal(1, code);
        Assert.Equal(
            ["       3 BROKEN: reference count = tables that hold the block: "
                + "block 0 counts 1, 0 tables hold it"],
            Broken(output));
        Assert.Contains("5 events, 1 broken laws,", output);
        Assert.Equal(0, Replay(file).Code);
    }

    // Looked for at every third event, a law that broke at the second is still seen at the end.
    [Fact]
    public void Laws_are_looked_at_as_often_as_is_said_and_at_the_end()
    {
        var file = Write(Submitted, Wanted);
        StepFunction forgets = (config, state, evt) =>
        {
            var (next, decisions) = Scheduler.Step(config, state, evt);
            return (evt is Event.StepWanted ? next with { Running = [] } : next, decisions);
        };

        var output = new StringWriter();
        Assert.Equal(1, ReplayCommand.Replay(file, true, 3, output, output, forgets));
        Assert.All(Broken(output.ToString()), line => Assert.StartsWith("       1 BROKEN: ", line));
        Assert.Contains(Broken(output.ToString()), line => line.Contains("block 0 counts 1"));
        Assert.Equal(0, ReplayCommand.Replay(file, true, 3, output, output));
    }

    [Fact]
    public void An_event_that_the_scheduler_breaks_at_is_named_and_ends_the_run()
    {
        var (code, output, _) = Replay(
            Write(Submitted, Wanted, Completed(0, 4), Wanted),
            step: (config, state, evt) => evt is Event.StepCompleted
                ? throw new InvalidOperationException("seven is no token")
                : Scheduler.Step(config, state, evt));

        Assert.Equal(1, code);
        Assert.Equal(
            ["       2 BROKEN: every event in every state has an answer: "
                + "InvalidOperationException: seven is no token"],
            Broken(output));
        Assert.Contains("3 events, 1 broken laws, 1 running,", output);
    }

    [Theory]
    [InlineData("""{"completed":4,"samples":[[5]]}""",
        "an answer is of the step in flight: step 4 is answered, step 0 is in flight")]
    [InlineData("""{"failed":1,"cause":"smoke"}""",
        "an answer is of the step in flight: step 1 is answered, step 0 is in flight")]
    [InlineData("""{"completed":0,"samples":[[5],[6]]}""",
        "a step draws as many tokens as its plan says: step 0 draws 1, its answer has 2")]
    [InlineData("""{"completed":0}""",
        "a step draws as many tokens as its plan says: step 0 draws 1, its answer has 0")]
    public void An_answer_that_does_not_fit_is_a_broken_law(string answer, string law)
    {
        var (code, output, _) = Replay(Write(Submitted, Wanted, answer));
        Assert.Equal(1, code);
        Assert.Equal([$"       2 BROKEN: {law}"], Broken(output));
    }

    [Fact]
    public void An_answer_where_no_step_runs_is_a_broken_law() =>
        Assert.Equal(
            ["       0 BROKEN: an answer is of the step in flight: "
                + "step 0 is answered, none is in flight"],
            Broken(Replay(Write(Completed(0, 4))).Output));

    [Theory]
    [InlineData("", "line 1: the file is empty.")]
    [InlineData("# SkPaged\n", "line 1: this is no JSON, or is cut off: '#' is an invalid start")]
    [InlineData("{}\n", "line 1: there is no \"skpaged_events\": this is no event log.")]
    [InlineData("{\"skpaged_events\":9}\n",
        "line 1: the log is of version 9; this program reads 1 to 2.")]
    [InlineData("{\"skpaged_events\":2}\n", "line 1: there is no \"config\".")]
    [InlineData("{\"skpaged_events\":2,\"config\":{}}\n", "line 1: JSON deserialization for type")]
    [InlineData("{\"skpaged_events\":2,\"config\":{\"BlocksTotal\":0,\"BlockSize\":2000,"
        + "\"MaxModelLength\":9,\"VocabularySize\":9}}\n",
        "line 1: BlockSize is 2000; it must be from 1 to 1024. "
        + "BlocksTotal is 0; it must be at least 1.")]
    public void What_is_no_log_is_said_to_be_none(string content, string problem)
    {
        var file = _folder.Write("none.jsonl", content);
        var (code, output, errors) = Replay(file);
        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith($"{file}, {problem}", errors);
    }

    [Theory]
    [InlineData("{\"completed\":0,\"samp", "line 4: this is no JSON, or is cut off: ")]
    [InlineData("{\"cancelled\":0}", "line 4: there is no \"reason\".")]
    [InlineData("{\"cancelled\":0,\"reason\":\"Tired\"}", "line 4: Requested value 'Tired' was")]
    [InlineData("{\"completed\":0,\"samples\":[[1,-1,[7]]]}", "line 4: ")]
    [InlineData("{\"slept\":8}", "line 4: this is no event.")]
    public void What_stands_before_a_line_that_is_no_event_is_played(string line, string problem)
    {
        var file = Write(Submitted, Wanted, line);
        var (code, output, errors) = Replay(file);
        Assert.Equal(2, code);
        Assert.StartsWith($"{file}, {problem}", errors);
        Assert.Contains("-> run step 0: 1 rows", output);
        Assert.Contains("2 events, 0 broken laws, 1 running,", output);
    }

    [Fact]
    public async Task A_compressed_log_that_is_cut_off_is_played_up_to_there()
    {
        var file = _folder["run.jsonl.gz"];
        await RecordedRun.To(file);
        var events = EventLog.Open(file).Events.Count();
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..(whole.Length / 2)]);

        var (code, output, errors) = Replay(file);

        Assert.Equal(2, code);
        Assert.Matches("^.*run[.]jsonl[.]gz, line [0-9]+: this is ", errors);
        var played = int.Parse(Lines(output)[^2].Split(' ')[0]);
        Assert.InRange(played, 1, events - 1);
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_compressed_is_named()
    {
        var (missing, folder) = (_folder["missing.jsonl"], _folder.Path);
        Assert.Equal(2, Replay(missing).Code);
        Assert.Contains($"'{missing}'", Replay(missing).Errors);
        Assert.Equal(2, Replay(folder).Code);
        Assert.Contains(folder, Replay(folder).Errors);
        var plain = _folder.Write("plain.jsonl.gz", "{\"skpaged_events\":2}");
        Assert.Equal(2, Replay(plain).Code);
        Assert.StartsWith($"{plain}, line 1: this is not compressed", Replay(plain).Errors);
    }

    [Fact]
    public void The_command_takes_a_file_and_says_by_its_exit_code_what_it_found()
    {
        Assert.Equal((0, 2), Invoke(Write(Submitted, Wanted), "--quiet"));
        Assert.Equal((1, 3), Invoke(Write(Completed(0, 4)), "--quiet", "--check-every", "2"));
        Assert.Equal(2, Invoke(_folder["missing.jsonl"]).Code);
    }

    private const string Submitted = """{"submitted":0,"prompt":[1,2,3],"max_tokens":2}""";

    private const string Wanted = """{"wanted":true}""";

    private static string Completed(int step, int token) =>
        $"{{\"completed\":{step},\"samples\":[[{token}]]}}";

    // A log by hand: the limits of the recorded run, and these lines.
    private string Write(params string[] lines)
    {
        var file = _folder["hand.jsonl"];
        new EventLogWriter(file, RecordedRun.Config).Dispose();
        File.AppendAllLines(file, lines);
        return file;
    }

    private static (int Code, string Output, string Errors) Replay(
        string file, StepFunction? step = null)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = ReplayCommand.Replay(file, false, 1, output, errors, step);
        return (code, output.ToString(), errors.ToString());
    }

    private static (int Code, int Lines) Invoke(params string[] arguments)
    {
        using var output = new StringWriter();
        var code = ReplayCommand.Create().Parse(arguments).Invoke(
            new() { Output = output, Error = output });
        return (code, Lines(output.ToString()).Length);
    }

    private static string Told(int request, TokenEvent seen) =>
        PlainText.Of(seen switch
        {
            TokenEvent.Token token => new Decision.Emit(new(request), token.Sample)
            {
                Sample = token.Index,
            },
            TokenEvent.Finished end => new Decision.Finish(new(request), end.Reason, end.Usage)
            {
                Sample = end.Index,
            },
            _ => (Decision)new Decision.Choose(new(request), ((TokenEvent.Chosen)seen).Samples),
        });

    private static List<string> Decisions(string output) =>
    [
        .. Lines(output)
            .Where(line => line.StartsWith("         -> ", StringComparison.Ordinal))
            .Select(line => line[12..]),
    ];

    private static string[] Broken(string output) =>
        [.. Lines(output).Where(line => line.Contains("BROKEN"))];

    private static string[] Lines(string output) =>
        output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
}
