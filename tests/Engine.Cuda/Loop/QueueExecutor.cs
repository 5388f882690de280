using System.Collections.Concurrent;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>
/// An executor with a device beside the loop's thread: another thread, which runs plans in the
/// order in which they were begun.
/// </summary>
internal sealed class QueueExecutor : IStepExecutor
{
    private readonly BlockingCollection<Begun> _plans = [];
    private readonly SlotExecutor _slots;
    private readonly Thread _device;
    private int _begun;
    private int _ended;
    private int _unansweredMax;

    public QueueExecutor(SchedulerConfig config, Action<StepPlan>? before = null)
    {
        _slots = new SlotExecutor(config) { Before = before };
        _device = new Thread(RunAll) { IsBackground = true, Name = "device" };
        _device.Start();
    }

    public bool IsAsynchronous => true;

    /// <summary>Plans begun so far.</summary>
    public int BegunCount => Volatile.Read(ref _begun);

    /// <summary>The most plans that were ever begun and not yet run.</summary>
    public int UnansweredMax => Volatile.Read(ref _unansweredMax);

    /// <summary>Times it was disposed.</summary>
    public int Disposals => _slots.Disposals;

    public Task<StepResult> Begin(StepPlan plan)
    {
        var begun = new Begun(plan, new(TaskCreationOptions.RunContinuationsAsynchronously));
        var unanswered = Interlocked.Increment(ref _begun) - Volatile.Read(ref _ended);
        _unansweredMax = Math.Max(_unansweredMax, unanswered);
        _plans.Add(begun);
        return begun.Result.Task;
    }

    public StepResult Execute(StepPlan plan) =>
        throw new NotSupportedException("An asynchronous executor is not waited for.");

    public void Dispose()
    {
        _plans.CompleteAdding();
        _device.Join();
        _plans.Dispose();
        _slots.Dispose();
    }

    private void RunAll()
    {
        foreach (var (plan, result) in _plans.GetConsumingEnumerable())
        {
            try
            {
                var samples = _slots.Execute(plan);
                Interlocked.Increment(ref _ended);
                result.SetResult(samples);
            }
            catch (Exception cause)
            {
                Interlocked.Increment(ref _ended);
                result.SetException(cause);
            }
        }
    }

    private sealed record Begun(StepPlan Plan, TaskCompletionSource<StepResult> Result);
}
