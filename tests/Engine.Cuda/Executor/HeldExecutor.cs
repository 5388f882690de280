using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// An executor whose first step waits: what is submitted meanwhile is a crowd that comes at once,
/// and the same in every run.
/// </summary>
/// <param name="inner">Runs the steps.</param>
/// <param name="change">What becomes of a plan before it runs; null: nothing.</param>
internal sealed class HeldExecutor(IStepExecutor inner, Func<StepPlan, StepPlan>? change)
    : IStepExecutor
{
    private readonly TaskCompletionSource _arrived =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly ManualResetEventSlim _go = new();

    /// <summary>Completes when the first step waits.</summary>
    public Task Arrived => _arrived.Task;

    public void Go() => _go.Set();

    public bool IsAsynchronous => inner.IsAsynchronous;

    public StepResult Execute(StepPlan plan) => inner.Execute(Let(plan));

    public Task<StepResult> Begin(StepPlan plan) => inner.Begin(Let(plan));

    public void Dispose()
    {
        inner.Dispose();
        _go.Dispose();
    }

    private StepPlan Let(StepPlan plan)
    {
        _arrived.TrySetResult();
        return _go.Wait(TimeSpan.FromMinutes(1))
            ? change?.Invoke(plan) ?? plan
            : throw new TimeoutException("The test did not let the step run.");
    }
}
