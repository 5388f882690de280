using System.Collections.Concurrent;
using System.Collections.Immutable;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Executor;

/// <summary>
/// Makes of an executor that is waited for one beside the loop's thread: plans run in the order in
/// which they were begun, on a thread of their own, so the loop plans ahead.
/// </summary>
internal sealed class ThreadExecutor : IStepExecutor
{
    private readonly BlockingCollection<(StepPlan, TaskCompletionSource<StepResult>)> _plans = [];
    private readonly Func<IStepExecutor> _open;
    private readonly Thread _device;
    private int _awaited;

    /// <param name="open">Opens the executor; called on the thread that runs it.</param>
    public ThreadExecutor(Func<IStepExecutor> open)
    {
        _open = open;
        _device = new Thread(RunAll) { IsBackground = true, Name = "device" };
        _device.Start();
    }

    public bool IsAsynchronous => true;

    /// <summary>Rows that ran with a token which their plan did not know.</summary>
    public int AwaitedTotal => Volatile.Read(ref _awaited);

    public Task<StepResult> Begin(StepPlan plan)
    {
        var result = new TaskCompletionSource<StepResult>(
            TaskCreationOptions.RunContinuationsAsynchronously);
        _plans.Add((plan, result));
        return result.Task;
    }

    public StepResult Execute(StepPlan plan) =>
        throw new NotSupportedException("An asynchronous executor is not waited for.");

    public void Dispose()
    {
        _plans.CompleteAdding();
        _device.Join();
        _plans.Dispose();
    }

    private void RunAll()
    {
        using var executor = _open();
        ImmutableArray<SampledToken> before = [];
        foreach (var (plan, result) in _plans.GetConsumingEnumerable())
        {
            try
            {
                var answer = executor.Execute(WithTokens(plan, before));
                before = answer.Samples;
                result.SetResult(answer);
            }
            catch (Exception cause)
            {
                before = [];
                result.SetException(cause);
            }
        }
    }

    // The tokens that the rows await: they are here by now.
    private StepPlan WithTokens(StepPlan plan, ImmutableArray<SampledToken> before)
    {
        var logs = plan.TokenLogs.ToArray();
        for (var row = 0; row < plan.Rows; row++)
        {
            if (!plan.Awaits(row))
                continue;
            Interlocked.Increment(ref _awaited);
            // A copy: the log is the loop's, which appends to it meanwhile.
            var token = before.ElementAtOrDefault(plan.Awaited[row]).Token;
            logs[row] = AppendLog<TokenId>.From([.. logs[row].Span, token]);
        }

        return plan with { TokenLogs = [.. logs], Awaited = [] };
    }
}
