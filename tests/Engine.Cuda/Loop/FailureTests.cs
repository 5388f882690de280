using System.Collections.Immutable;
using SkPaged.Engine.Pure;
using Xunit;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>A failed step ends its requests; a lost executor, or a bug, ends the engine.</summary>
public sealed class FailureTests
{
    private static readonly SchedulerConfig _config = Requests.Config();

    [Fact]
    public async Task A_failing_step_ends_its_requests_with_the_cause_and_the_engine_goes_on()
    {
        var cause = new InvalidOperationException("out of paper");
        var failing = true;
        using var loop = new EngineLoop(
            _config,
            new SlotExecutor(_config) { Before = _ => { if (failing) throw cause; } });

        var thrown = await Assert.ThrowsAsync<StepFailedException>(
            () => loop.Ask(Known.Of(promptTokens: 5, maxTokens: 5)));

        Assert.Same(cause, thrown.InnerException);
        Assert.Equal("step 0 failed and ended request 0: out of paper", thrown.Message);
        Assert.Equal((new RequestId(0), new StepId(0)), (thrown.Id, thrown.Step));
        failing = false;
        var request = Known.Of(promptTokens: 5, maxTokens: 5);
        Requests.Check(request, await loop.Ask(request), _config);
        Assert.Equal(1, loop.Snapshot.StepsFailed);
        Assert.Null(loop.Failure);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task Steps_that_fail_at_random_leave_everyone_else_with_their_own_answers()
    {
        var config = Requests.Config(blocks: 64, batchedTokens: 24) with { MaxSequences = 4 };
        var requests = Requests.Random(400, seed: 6);
        var random = new Random(6);
        using var loop = new EngineLoop(
            config,
            new SlotExecutor(config)
            {
                Before = _ => { if (random.Next(50) == 0) throw new IOException("bad luck"); },
            });

        var failed = await Task.WhenAll(requests.Select(async request =>
        {
            try
            {
                Requests.Check(request, await loop.Ask(request), config);
                return false;
            }
            catch (StepFailedException step) when (step.InnerException is IOException)
            {
                return true;
            }
        })).WaitAsync(Waits.Long);

        Assert.InRange(failed.Count(each => each), 10, 390);
        Assert.InRange(loop.Snapshot.StepsFailed, 5, loop.Snapshot.Steps / 10);
        await Waits.UntilEmpty(loop);
    }

    public static TheoryData<string, string> WrongResults => new()
    {
        { "none", "The executor gave no result for step 0." },
        { "default", "The executor gave no result for step 0." },
        { "other step", "The executor answered step 0 with step 7." },
        { "too few", "The executor gave 0 samples; step 0 draws 1." },
    };

    [Theory]
    [MemberData(nameof(WrongResults))]
    public async Task A_result_that_is_not_the_plans_is_a_failed_step(string wrong, string message)
    {
        using var loop = new EngineLoop(_config, new Answering(plan => wrong switch
        {
            "none" => null!,
            "default" => new StepResult(plan.Id, default),
            "other step" => new StepResult(new StepId(7), [default]),
            _ => new StepResult(plan.Id, []),
        }));

        var thrown = await Assert.ThrowsAsync<StepFailedException>(
            () => loop.Ask(Known.Of(promptTokens: 5, maxTokens: 5)));

        Assert.Equal(message, Assert.IsType<StepResultException>(thrown.InnerException).Message);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public async Task A_lost_executor_ends_everyone_and_refuses_those_who_come_later()
    {
        var losing = false;
        var lost = new ExecutorLostException("the device fell off the bus");
        var executor = new SlotExecutor(_config)
        {
            Before = _ => { if (Volatile.Read(ref losing)) throw lost; },
        };
        using var loop = new EngineLoop(_config, executor, new EngineLoopOptions { Name = "one" });
        var asked = Enumerable.Range(0, 64)
            .Select(_ => SubmitAndRead(loop, Known.Of(promptTokens: 5, maxTokens: 500)))
            .ToArray();

        Volatile.Write(ref losing, true);
        foreach (var reading in asked)
        {
            var thrown = await Assert.ThrowsAsync<EngineFailedException>(
                () => reading.WaitAsync(Waits.Long));
            Assert.Same(lost, thrown.InnerException);
            Assert.Equal(
                "The engine 'one' has stopped: the device fell off the bus", thrown.Message);
        }

        var later = Assert.Throws<EngineFailedException>(
            () => loop.Submit(Known.Of(promptTokens: 1, maxTokens: 1)));
        Assert.Same(lost, later.InnerException);
        Assert.Same(lost, loop.Failure);
        loop.Dispose();
        Assert.Equal(0, loop.OpenCount);
        Assert.Equal(1, executor.Disposals);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_bug_in_the_loop_ends_it_loudly_for_everyone_wherever_they_are(int calls)
    {
        using var turnstile = new Turnstile();
        var clock = new BreakableClock();
        using var loop = turnstile.Loop(_config, new EngineLoopOptions { TimeProvider = clock });
        var running = SubmitAndRead(loop, Known.Of(promptTokens: 5, maxTokens: 50));
        await turnstile.Arrival();
        await turnstile.Next();
        // The loop asks for the time once after the step, and again for the request it rejects.
        clock.CallsLeft = calls;
        int[] promptTokens = [0, 5, 5];
        var unread = promptTokens
            .Select(tokens => SubmitAndRead(loop, Known.Of(tokens, maxTokens: 5)))
            .ToArray();

        turnstile.Open();

        foreach (var reading in unread.Append(running))
        {
            var thrown = await Assert.ThrowsAsync<EngineFailedException>(
                () => reading.WaitAsync(Waits.Long));
            Assert.IsType<NotSupportedException>(thrown.InnerException);
        }

        Assert.Throws<EngineFailedException>(
            () => loop.Submit(Known.Of(promptTokens: 1, maxTokens: 1)));
    }

    [Fact]
    public async Task What_the_scheduler_rejects_the_reader_is_told_with_the_numbers()
    {
        using var loop = new EngineLoop(_config, new SlotExecutor(_config));

        var tooLong = await Rejected(loop, Known.Of(promptTokens: 512, maxTokens: 1));
        var empty = await Rejected(loop, Known.Of(promptTokens: 0, maxTokens: 1));
        var noTokens = await Rejected(loop, Known.Of(promptTokens: 1, maxTokens: 0));

        Assert.Equal(new Rejection.PromptTooLong(512, 511), tooLong.Rejection);
        Assert.Equal(
            "The prompt has 512 tokens; the model takes at most 511. (request 0)", tooLong.Message);
        Assert.IsType<Rejection.PromptEmpty>(empty.Rejection);
        Assert.Contains("max_tokens is 0", noTokens.Message, StringComparison.Ordinal);
        await Waits.UntilEmpty(loop);
    }

    [Fact]
    public void What_has_no_value_is_refused_at_once()
    {
        using var loop = new EngineLoop(_config, new SlotExecutor(_config));
        var (prompt, sampling, stop) = (Requests.Prompt(1), new SamplingParams(), new StopRule());

        Assert.Throws<ArgumentException>(() => loop.Submit(default, sampling, stop));
        Assert.Throws<ArgumentNullException>(() => loop.Submit(prompt, null!, stop));
        Assert.Throws<ArgumentNullException>(() => loop.Submit(prompt, sampling, null!));
        Assert.Throws<ArgumentException>(
            () => loop.Submit(prompt, sampling with { LogitBias = null! }, stop));
    }

    [Fact]
    public void A_configuration_is_refused_with_everything_that_is_wrong_with_it()
    {
        var executor = new SlotExecutor(_config);

        var thrown = Assert.Throws<EngineConfigException>(() => new EngineLoop(
            _config with { BlockSize = 0, MaxSequences = -1 },
            executor,
            new EngineLoopOptions { MailboxCapacity = 0, Name = " " }));

        Assert.Equal(
            ["BlockSize", "MaxSequences", "MailboxCapacity", "Name"],
            thrown.Errors.Select(error => error.Name).Where(name => name != "BlocksTotal"));
        Assert.Contains(
            "MaxSequences is -1; it must be at least 1.", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(0, executor.Disposals);
    }

    [Fact]
    public void The_decisions_that_the_loop_carries_out_are_all_there_are()
    {
        var cases = typeof(Decision).GetNestedTypes()
            .Where(type => type.IsSubclassOf(typeof(Decision)))
            .Select(type => type.Name)
            .Order(StringComparer.Ordinal);

        Assert.Equal(["Choose", "Emit", "Finish", "Reject", "RunStep"], cases);
    }

    private static Task<Answer> SubmitAndRead(EngineLoop loop, Known request) =>
        loop.Submit(request).ReadToEnd();

    private static Task<RequestRejectedException> Rejected(EngineLoop loop, Known request) =>
        Assert.ThrowsAsync<RequestRejectedException>(() => loop.Ask(request));

    private sealed class Answering(Func<StepPlan, StepResult> answer) : IStepExecutor
    {
        public StepResult Execute(StepPlan plan) => answer(plan);

        public void Dispose()
        {
        }
    }

    // Breaks on the loop's thread only: callers go on.
    private sealed class BreakableClock : TimeProvider
    {
        public volatile int CallsLeft = int.MaxValue;

        public override long GetTimestamp() =>
            Thread.CurrentThread.Name == "skpaged" && CallsLeft-- <= 0
                ? throw new NotSupportedException("no time")
                : base.GetTimestamp();
    }
}
