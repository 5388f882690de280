using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// With an executor that runs beside the loop's thread steps are planned ahead. Callers get what
/// they would get otherwise.
/// </summary>
public sealed class LookAheadTests
{
    // Little memory: requests wait, give way, and move to the host and back.
    private static readonly SchedulerConfig _config =
        Requests.Config(blocks: 64, batchedTokens: 24) with
        {
            MaxSequences = 8,
            HostBlocksTotal = 32,
            PreemptionMode = PreemptionMode.Swap,
        };

    [Fact]
    public async Task A_crowd_gets_the_tokens_that_it_gets_without_look_ahead()
    {
        var requests = Requests.Random(300, seed: 14);
        var executor = new QueueExecutor(_config);
        using var loop = new EngineLoop(_config, executor);

        var answers = await Task.WhenAll(requests.Select(loop.Ask)).WaitAsync(Waits.Long);

        Requests.CheckAll(requests, answers, _config);
        Assert.Equal(2, executor.UnansweredMax);
        Assert.InRange(loop.Snapshot.Preemptions, 1, long.MaxValue);
        // Some stopped at an end token, and their next one was computed for nothing.
        Assert.InRange(
            loop.Snapshot.DecodeTokens,
            1 + answers.Sum(answer => answer.Tokens.Length - 1L),
            long.MaxValue);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task All_samples_of_a_request_get_their_own_tokens()
    {
        using var loop = new EngineLoop(_config, new QueueExecutor(_config));
        var requests = Requests.Random(40, seed: 15);

        await Task.WhenAll(requests.Select(async request =>
        {
            await using var generation = loop.Submit(
                request.Prompt, request.Sampling, request.Stop, new SubmitOptions { Samples = 3 });
            GroupAnswers.Check(request, 3, await generation.ReadGroup(), _config);
        })).WaitAsync(Waits.Long);

        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Those_who_give_up_while_two_steps_are_in_flight_leave_nothing_behind()
    {
        var requests = Requests.Random(200, seed: 16);
        using var loop = new EngineLoop(_config, new QueueExecutor(_config));

        await Task.WhenAll(requests.Select(async (request, index) =>
        {
            await using var generation = loop.Submit(request);
            if (index % 3 > 0)
            {
                Requests.Check(request, await generation.ReadToEnd(), _config);
                return;
            }

            var (tokens, _) = request.Answer(_config);
            var seen = new List<TokenId>();
            await foreach (var next in generation.ReadAllAsync())
            {
                if (next is TokenEvent.Token token)
                    seen.Add(token.Sample.Token);
                if (seen.Count == index % 5)
                    break;
            }

            Assert.Equal(tokens.Take(seen.Count), seen);
        })).WaitAsync(Waits.Long);

        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Steps_that_fail_leave_everyone_else_with_their_own_answers()
    {
        var requests = Requests.Random(300, seed: 17);
        var random = new Random(17);
        using var loop = new EngineLoop(_config, new QueueExecutor(_config, _ =>
        {
            if (random.Next(50) == 0)
                throw new IOException("bad luck");
        }));

        var failed = await Task.WhenAll(requests.Select(async request =>
        {
            try
            {
                Requests.Check(request, await loop.Ask(request), _config);
                return false;
            }
            catch (StepFailedException step) when (step.InnerException is IOException)
            {
                return true;
            }
        })).WaitAsync(Waits.Long);

        Assert.InRange(failed.Count(each => each), 5, 295);
        await Waits.UntilEmpty(loop);
    }

    // Each step waits on the device until the next has been begun: a loop that waits for the
    // answer first would never begin it.
    [Fact]
    public async Task The_next_step_is_begun_before_the_one_before_is_answered()
    {
        const int Tokens = 20;
        QueueExecutor executor = null!;
        executor = new QueueExecutor(_config, plan => Reaches(() =>
            plan.Id.Value == Tokens - 1 || executor.BegunCount >= plan.Id.Value + 2));
        using var loop = new EngineLoop(_config, executor);
        var request = Known.Of(promptTokens: 3, maxTokens: Tokens);

        Requests.Check(request, await loop.Ask(request).WaitAsync(Waits.Long), _config);

        Assert.Equal((Tokens, 2), (executor.BegunCount, executor.UnansweredMax));
    }

    // Nothing can be planned behind a last token; then somebody comes.
    [Fact]
    public async Task A_newcomer_is_begun_while_a_step_runs_behind_which_there_was_nothing_to_do()
    {
        QueueExecutor executor = null!;
        executor = new QueueExecutor(_config, plan => Reaches(() =>
            plan.Id.Value > 0 || executor.BegunCount == 2));
        using var loop = new EngineLoop(_config, executor);
        var (first, second) = (Known.Of(promptTokens: 3, maxTokens: 1), Known.Of(5, 1));

        var one = loop.Ask(first);
        await Waits.Until(() => executor.BegunCount == 1, "the first step is begun");
        var two = loop.Ask(second);

        Requests.Check(first, await one.WaitAsync(Waits.Long), _config);
        Requests.Check(second, await two.WaitAsync(Waits.Long), _config);
    }

    [Fact]
    public async Task A_lost_device_ends_everyone()
    {
        var lost = new ExecutorLostException("the device fell off the bus");
        var executor = new QueueExecutor(
            _config, plan => { if (plan.Id.Value >= 5) throw lost; });
        using var loop = new EngineLoop(_config, executor);

        var asked = Enumerable.Range(0, 8)
            .Select(_ => loop.Ask(Known.Of(promptTokens: 5, maxTokens: 50)))
            .ToArray();

        foreach (var reading in asked)
        {
            var thrown = await Assert.ThrowsAsync<EngineFailedException>(
                () => reading.WaitAsync(Waits.Long));
            Assert.Same(lost, thrown.InnerException);
        }

        loop.Dispose();
        Assert.Equal(1, executor.Disposals);
    }

    [Fact]
    public async Task An_executor_is_disposed_when_all_that_was_begun_has_run()
    {
        using var pass = new ManualResetEventSlim();
        var executor = new QueueExecutor(_config, _ => pass.Wait(Waits.Long));
        var loop = new EngineLoop(_config, executor);
        var asked = loop.Ask(Known.Of(promptTokens: 5, maxTokens: 50));
        await Waits.Until(() => executor.BegunCount == 2, "two steps are begun");

        var disposing = loop.DisposeAsync().AsTask();
        Assert.Equal(0, executor.Disposals);
        pass.Set();
        await disposing.WaitAsync(Waits.Long);

        Assert.Equal(1, executor.Disposals);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => asked);
    }

    [Fact]
    public async Task A_plan_that_cannot_be_begun_is_a_failed_step()
    {
        using var loop = new EngineLoop(_config, new Refusing());

        var thrown = await Assert.ThrowsAsync<StepFailedException>(
            () => loop.Ask(Known.Of(promptTokens: 5, maxTokens: 5)));

        Assert.IsType<IOException>(thrown.InnerException);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task An_executor_that_is_not_asynchronous_never_sees_a_token_that_is_not_known()
    {
        var config = _config with { LookAhead = true };
        using var loop = new EngineLoop(config, new SlotExecutor(config)
        {
            Before = plan => Assert.True(plan.Awaited.IsEmpty),
        });
        var request = Known.Of(promptTokens: 5, maxTokens: 20);

        Requests.Check(request, await loop.Ask(request), config);
    }

    private static void Reaches(Func<bool> holds)
    {
        if (!SpinWait.SpinUntil(holds, Waits.Long))
            throw new TimeoutException("The device waits for work.");
    }

    private sealed class Refusing : IStepExecutor
    {
        public bool IsAsynchronous => true;

        public Task<StepResult> Begin(StepPlan plan) => throw new IOException("no paper");

        public StepResult Execute(StepPlan plan) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}
