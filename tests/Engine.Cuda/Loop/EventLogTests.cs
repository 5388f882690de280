using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

public sealed class EventLogTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("skpaged-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, InlineData("run.jsonl"), InlineData("run.jsonl.gz")]
    public async Task A_recorded_run_replays_to_the_same_state(string name)
    {
        var (file, config) = (Path.Combine(_folder, name), Requests.Config());
        EngineSnapshot end;
        using (var loop = new EngineLoop(
            config, new SlotExecutor(config), new EngineLoopOptions { EventLog = file }))
        {
            var requests = Requests.Random(64, seed: 11);
            await Task.WhenAll(requests.Select(async (known, index) =>
            {
                await using var generation = loop.Submit(
                    known.Prompt, known.Sampling, known.Stop,
                    new() { Samples = 1 + index % 3, BestOf = index % 2 == 0 ? 3 : null });
                await generation.ReadGroup();
            }));
            await Waits.UntilEmpty(loop);
            end = loop.Snapshot;
        }

        var log = EventLog.Open(file);
        Assert.Equal(config, log.Config);
        var state = log.Events.Aggregate(
            SchedulerState.Initial(log.Config),
            (state, evt) => Scheduler.Step(log.Config, state, evt).State);
        Assert.Empty(Invariants.Check(log.Config, state));
        Assert.Equal(
            (end.Steps, end.PrefillTokens, end.DecodeTokens, end.CachedTokens),
            (state.Stats.Steps, state.Stats.PrefillTokens, state.Stats.DecodeTokens,
                state.Stats.CachedTokens));
        Assert.Equal(0, state.Blocks.LiveCount);
    }

    [Fact]
    public void Every_event_is_read_back_as_it_was()
    {
        Event[] events =
        [
            new Event.Submitted(new Request(
                new RequestId(7), [new(1), new(2)],
                new SamplingParams
                {
                    Temperature = 0.1f, TopK = 50_000_003, TopP = 0.9f, MinP = float.NaN,
                    RepetitionPenalty = 1.1f, PresencePenalty = -0.5f, FrequencyPenalty = 0.25f,
                    LogitBias = ImmutableDictionary<TokenId, float>.Empty.Add(new(3), -1.5f),
                    Seed = ulong.MaxValue, Logprobs = 2,
                },
                new StopRule { MaxTokens = 5, MinTokens = 2, EndTokens = [new(9)] })
            {
                CacheSalt = "s\u00e9l \"1\"\n",
            }),
            new Event.Submitted(new Request(
                new RequestId(8), [new(1)], new SamplingParams(), new StopRule())),
            new Event.Submitted(new Request(
                new RequestId(9), [new(1)], new SamplingParams(), new StopRule())
            {
                Samples = 3, BestOf = 5, Priority = -2, Tenant = "t\"1\"",
            }),
            .. Enum.GetValues<EarlyStopping>().Select(early => new Event.Submitted(new Request(
                new RequestId(10), [new(1)], new SamplingParams(), new StopRule())
            {
                Beams = new() { Width = 4, LengthPenalty = 0.6f, EarlyStopping = early },
            })),
            new Event.Submitted(new Request(
                new RequestId(11), [new(1)], new SamplingParams(), new StopRule())
            {
                Beams = new() { Width = 0, LengthPenalty = float.NegativeInfinity },
            }),
            new Event.Cancelled(new RequestId(7), FinishReason.Stop),
            new Event.Cancelled(new RequestId(7), FinishReason.Stop) { Sample = 0 },
            new Event.Cancelled(new RequestId(7), FinishReason.Abort) { Sample = 3 },
            new Event.StepWanted(),
            new Event.StepCompleted(new StepResult(new StepId(3),
            [
                new SampledToken(new TokenId(4)),
                new SampledToken(new TokenId(5), -0.1f),
                new SampledToken(new TokenId(6), -0.2f,
                    [new(new TokenId(6), -0.2f), new(new TokenId(1), -1.7f)]),
            ])),
            new Event.StepCompleted(new StepResult(new StepId(4), default)),
            new Event.StepFailed(new StepId(5), "out of \"memory\""),
        ];
        var file = Path.Combine(_folder, "all.jsonl");
        using (var writer = new EventLogWriter(file, Requests.Config()))
        {
            foreach (var evt in events)
                writer.Write(evt);
        }

        Assert.Equal(events.Select(Text), EventLog.Open(file).Events.Select(Text));
    }

    [Theory]
    [InlineData("", "line 1: the file is empty.")]
    [InlineData("{}", "line 1: there is no \"skpaged_events\": this is no event log.")]
    [InlineData("{\"skpaged_events\":4}",
        "line 1: the log is of version 4; this program reads 1 to 3.")]
    [InlineData("{\"skpaged_events\":0}",
        "line 1: the log is of version 0; this program reads 1 to 3.")]
    public void What_is_no_log_is_said_to_be_none(string content, string problem)
    {
        var file = Path.Combine(_folder, "bad.jsonl");
        File.WriteAllText(file, content);
        var wrong = Assert.Throws<EventLogException>(() => EventLog.Open(file));
        Assert.Equal($"{file}, {problem}", wrong.Message);
    }

    [Fact]
    public void A_log_of_version_1_is_read_with_what_it_did_not_know_yet_as_by_default()
    {
        var file = Path.Combine(_folder, "old.jsonl");
        File.WriteAllLines(file,
        [
            "{\"skpaged_events\":1,\"config\":{\"BlockSize\":4,\"BlocksTotal\":8,"
                + "\"MaxModelLength\":16,\"VocabularySize\":9}}",
            "{\"submitted\":0,\"prompt\":[1,2],\"max_tokens\":3}",
            "{\"completed\":0,\"samples\":[[7],[8,-0.5]]}",
            "{\"cancelled\":0,\"reason\":\"Abort\"}",
        ]);
        var log = EventLog.Open(file);
        Assert.Equal(
            new SchedulerConfig
            {
                BlockSize = 4,
                BlocksTotal = 8,
                MaxModelLength = 16,
                VocabularySize = 9,
            },
            log.Config);
        Event[] expected =
        [
            new Event.Submitted(new Request(
                new RequestId(0), [new(1), new(2)], new SamplingParams(),
                new StopRule { MaxTokens = 3 })),
            new Event.StepCompleted(new StepResult(
                new StepId(0), [new(new(7)), new(new(8), -0.5f)])),
            new Event.Cancelled(new RequestId(0), FinishReason.Abort),
        ];
        Assert.Equal(expected.Select(Text), log.Events.Select(Text));
    }

    [Fact]
    public void A_config_is_read_back_as_it_was()
    {
        var (file, config) = (
            Path.Combine(_folder, "config.jsonl"), Requests.Config() with { HostBlocksTotal = 7 });
        new EventLogWriter(file, config).Dispose();
        Assert.Equal(config, EventLog.Open(file).Config);
    }

    [Fact]
    public void A_line_that_is_no_event_is_named()
    {
        var file = Path.Combine(_folder, "bad.jsonl");
        using (var writer = new EventLogWriter(file, Requests.Config()))
            writer.Write(new Event.StepWanted());
        File.AppendAllText(file, "{\"what\":1}\n");
        var log = EventLog.Open(file);
        var wrong = Assert.Throws<EventLogException>(() => log.Events.ToList());
        Assert.Equal($"{file}, line 3: this is no event.", wrong.Message);
    }

    [Fact]
    public void A_log_that_cannot_be_written_is_said_before_the_engine_starts()
    {
        var config = Requests.Config();
        using var executor = new SlotExecutor(config);
        var file = Path.Combine(_folder, "no", "such.jsonl");
        var wrong = Assert.Throws<EngineConfigException>(() => new EngineLoop(
            config, executor, new EngineLoopOptions { EventLog = file }));
        Assert.Equal(
            $"EventLog is '{file}'; it must be in a folder that exists, and there is no "
            + $"\"{Path.Combine(_folder, "no")}\".",
            wrong.Message);
        Assert.Equal(0, executor.Disposals);
    }

    private static string Text(Event evt) =>
        evt switch
        {
            Event.Submitted(var request) => $"{request with { Prompt = default }} "
                + $"{string.Join(' ', request.Prompt)} {string.Join(' ', request.Stop.EndTokens)} "
                + $"{string.Join(' ', request.Sampling.LogitBias)}",
            Event.StepCompleted(var result) => $"{result.Step} " + (result.Samples.IsDefault
                ? "none"
                : string.Join(' ', result.Samples.Select(sample =>
                    $"{sample.Token} {sample.Logprob} "
                    + $"{(sample.Top.IsDefault ? "-" : string.Join(' ', sample.Top))}"))),
            _ => $"{evt}",
        };
}
