using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// A log of a run in which everything happens is that run: the same decisions in the same order, to
/// the same state, while many run and wait.
/// </summary>
public sealed class EventLogRunTests : IDisposable
{
    private const int StepsTotal = 300;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, SchedulingPolicy.FirstComeFirstServed)]
    [InlineData(true, SchedulingPolicy.FirstComeFirstServed)]
    [InlineData(false, SchedulingPolicy.Priority)]
    [InlineData(true, SchedulingPolicy.FairShare)]
    public async Task A_log_decides_what_the_engine_decided_and_ends_as_it_ended(
        bool lookAhead, SchedulingPolicy policy)
    {
        var file = _folder["run.jsonl"];
        var (decisions, end) = await Run(lookAhead, policy, file);

        var log = EventLog.Open(file);
        var events = log.Events.ToList();
        var (state, replayed) = Replay(log.Config, events);

        Assert.Equal(decisions, replayed.Select(Value.Text));
        Assert.Equal(Value.Text(end), Value.Text(state));
        AssertAllHappened(events, replayed, end);
        Assert.Equal(
            lookAhead,
            replayed.OfType<Decision.RunStep>().Any(run => !run.Plan.Awaited.IsEmpty));
        Assert.Empty(Invariants.Check(log.Config, state));
        // What is compared tells apart: without its last answer the run ends in another state.
        events.RemoveAt(events.FindLastIndex(evt => evt is Event.StepCompleted));
        Assert.NotEqual(Value.Text(end), Value.Text(Replay(log.Config, events).State));
    }

    // Little memory, so that requests wait, give way, and move to the host and back.
    private static SchedulerConfig Config(SchedulingPolicy policy) =>
        Requests.Config(blocks: 48, batchedTokens: 32) with
        {
            MaxSequences = 12,
            HostBlocksTotal = 12,
            PreemptionMode = PreemptionMode.Swap,
            Policy = policy,
        };

    // The loop is disposed while its step number StepsTotal runs, with many that run and wait.
    private static async Task<(List<string> Decisions, SchedulerState End)> Run(
        bool lookAhead, SchedulingPolicy policy, string file)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var closing = new ManualResetEventSlim();
        void Before(StepPlan plan)
        {
            if (plan.Id.Value == StepsTotal)
            {
                reached.SetResult();
                closing.Wait(Waits.Long);
            }
            else if (plan.Id.Value % 25 == 24)
            {
                throw new IOException("bad luck");
            }
        }

        var decisions = new List<string>();
        var options = new EngineLoopOptions
        {
            EventLog = file,
            Decided = decision => decisions.Add(Value.Text(decision)),
        };
        var config = Config(policy);
        var loop = new EngineLoop(
            config,
            lookAhead
                ? new QueueExecutor(config, Before)
                : new SlotExecutor(config) { Before = Before },
            options);
        var asked = Requests.Random(250, seed: 21)
            .Select((request, index) => Ask(loop, request, index, policy)).ToArray();
        await reached.Task.WaitAsync(Waits.Long);
        var disposing = loop.DisposeAsync().AsTask();
        closing.Set();
        await disposing.WaitAsync(Waits.Long);
        await Task.WhenAll(asked).WaitAsync(Waits.Long);
        return (decisions, loop.State);
    }

    // All begin alike. Some want several samples, or the best of them, or beams; some leave early,
    // and of some a sample, or all, are stopped.
    private static async Task Ask(
        EngineLoop loop, Known request, int index, SchedulingPolicy policy)
    {
        var options = new SubmitOptions
        {
            Samples = index % 6 is 1 or 5 ? 3 : index % 6 is 2 or 3 ? 2 : 1,
            BestOf = index % 6 == 2 ? 4 : null,
            Beams = index % 6 == 3 ? new() { Width = 3 } : null,
            Priority = policy == SchedulingPolicy.Priority ? index / 6 % 3 : 0,
            Tenant = $"{index % 4}",
        };
        try
        {
            await using var generation = loop.Submit(
                [.. Requests.Prompt(8, from: 500), .. request.Prompt],
                request.Sampling with { Temperature = options.Beams is null ? 1 : 0 },
                request.Stop, options);
            var seen = 0;
            await foreach (var _ in generation.ReadAllAsync())
            {
                seen++;
                if (index % 6 == 4 && seen == 3)
                    break;
                if (index % 6 == 5 && seen == 5)
                    generation.Stop(1);
                if (index % 6 == 5 && seen == 8)
                    generation.Stop();
            }
        }
        catch (Exception end) when (end is StepFailedException or ObjectDisposedException)
        {
            // A step failed, or the engine was closed: what came of it is in the log.
        }
    }

    private static (SchedulerState State, List<Decision> Decisions) Replay(
        SchedulerConfig config, List<Event> events)
    {
        var (state, all) = (SchedulerState.Initial(config), new List<Decision>());
        foreach (var evt in events)
        {
            (state, var decisions) = Scheduler.Step(config, state, evt);
            all.AddRange(decisions);
        }

        return (state, all);
    }

    // Or this has shown nothing.
    private static void AssertAllHappened(
        List<Event> events, List<Decision> decisions, SchedulerState end)
    {
        Assert.NotEmpty(end.Running);
        Assert.NotEmpty(end.Waiting);
        Assert.All(
            [
                end.Stats.BlocksSwappedOut, end.Stats.BlocksSwappedIn, end.Stats.Copies,
                end.Stats.CachedTokens, end.Stats.Evictions,
                end.Stats.Preemptions - end.Stats.Swaps,
            ],
            count => Assert.True(count > 0, $"{end.Stats}"));
        var cancelled = events.OfType<Event.Cancelled>().ToList();
        Assert.Contains(cancelled, each => each.Reason == FinishReason.Abort);
        Assert.Contains(cancelled, each => each is { Sample: 1, Reason: FinishReason.Stop });
        Assert.Contains(cancelled, each => each is { Sample: null, Reason: FinishReason.Stop });
        Assert.True(events.OfType<Event.StepFailed>().Count() > 5, "few steps failed");
        Assert.Contains(decisions, each => each is Decision.Choose);
        Assert.Contains(decisions, each => each is Decision.Finish { Logprob: not null });
        Assert.Contains(decisions, each => each is Decision.Finish { Reason: FinishReason.Error });
    }
}
