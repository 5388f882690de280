using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// The steps that an asynchronous executor has begun, two at most, and their answers in order.
/// Used by the loop's thread only; whoever ends a step wakes it.
/// </summary>
internal sealed class StepQueue(IStepExecutor executor, TimeProvider clock, Action wake)
{
    private readonly Queue<Begun> _begun = [];
    private long _lastEnd;

    /// <summary>Begins a plan; whatever goes wrong is its outcome.</summary>
    public void Begin(StepPlan plan)
    {
        var began = clock.GetTimestamp();
        Task<StepResult> result;
        try
        {
            result = executor.Begin(plan)
                ?? throw new InvalidOperationException($"The executor did not begin {plan.Id}.");
        }
        catch (Exception cause)
        {
            result = Task.FromException<StepResult>(cause);
        }

        var ended = result.ContinueWith(
            _ =>
            {
                var end = clock.GetTimestamp();
                wake();
                return end;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
        _begun.Enqueue(new Begun(plan, began, result, ended));
    }

    /// <summary>The answer of the first of all that are begun, once there is one.</summary>
    /// <exception cref="ExecutorLostException">No further step can run.</exception>
    public bool TryAnswer(out StepPlan plan, out StepOutcome outcome)
    {
        (plan, outcome) = (null!, default);
        if (!_begun.TryPeek(out var first) || !first.Result.IsCompleted)
            return false;
        _begun.Dequeue();
        plan = first.Plan;
        outcome = StepRunner.Outcome(plan, Took(first), first.Result);
        return true;
    }

    /// <summary>Waits until nothing runs any more; what came of it is of no interest.</summary>
    public void Drain()
    {
        while (_begun.TryDequeue(out var step))
            ((IAsyncResult)step.Result).AsyncWaitHandle.WaitOne();
    }

    // A step that was begun while another ran has begun in truth when that one ended.
    private TimeSpan Took(Begun step)
    {
        var end = step.Ended.GetAwaiter().GetResult();
        var took = clock.GetElapsedTime(Math.Max(step.Began, _lastEnd), end);
        _lastEnd = end;
        return took;
    }

    private readonly record struct Begun(
        StepPlan Plan, long Began, Task<StepResult> Result, Task<long> Ended);
}
