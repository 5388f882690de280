using System.Collections.Concurrent;
using SkPaged.Engine.Cuda.Native;
using SkPaged.Engine.Cuda.Sampling;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// A step on its way through the device, and where its results come to. Two of them take turns.
/// </summary>
internal sealed class StepFlight(int vocabularySize) : IDisposable
{
    private readonly ManualResetEventSlim _isFree = new(initialState: true);

    /// <summary>Its results, once it is done.</summary>
    public StepAnswer Answer { get; } = new(vocabularySize);

    /// <summary>Stands behind its results in the stream.</summary>
    public CudaEvent Done { get; } = CudaEvent.CreateUntimed();

    /// <summary>Waits until the step before, in this flight, has been answered.</summary>
    public void Board()
    {
        _isFree.Wait();
        _isFree.Reset();
    }

    /// <summary>The next step may use it.</summary>
    public void Leave() => _isFree.Set();

    /// <summary>Waits for the results.</summary>
    /// <exception cref="CudaException">The device failed.</exception>
    /// <exception cref="LogitsException">A row has no token to draw.</exception>
    public StepResult Land(StepPlan plan)
    {
        Done.Synchronize();
        return new(plan.Id, Answer.Of(plan));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Answer.Dispose();
        Done.Dispose();
        _isFree.Dispose();
    }
}

/// <summary>
/// A thread that waits for the steps on their way, in order, and answers each.
/// </summary>
/// <param name="land">What to do for each: gives its result, or throws.</param>
internal sealed class StepLanding(Func<StepPlan, StepFlight, StepResult> land) : IDisposable
{
    private readonly BlockingCollection<Waiting> _waiting = [];
    private Thread? _thread;

    /// <summary>A result that completes in any case, once the step has.</summary>
    public Task<StepResult> Await(StepPlan plan, StepFlight flight)
    {
        if (_thread is null)
        {
            _thread = new(Run) { IsBackground = true, Name = "SkPaged steps" };
            _thread.Start();
        }
        // Who awaits an answer may begin the next step, which waits for a flight to land: not here.
        var waiting = new Waiting(
            plan, flight, new(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting.Add(waiting);
        return waiting.Answer.Task;
    }

    /// <summary>Answers all that wait, then ends.</summary>
    public void Dispose()
    {
        _waiting.CompleteAdding();
        _thread?.Join();
        _waiting.Dispose();
    }

    private void Run()
    {
        foreach (var (plan, flight, answer) in _waiting.GetConsumingEnumerable())
        {
            try
            {
                answer.SetResult(land(plan, flight));
            }
            catch (Exception cause)
            {
                answer.SetException(cause);
            }
        }
    }

    private readonly record struct Waiting(
        StepPlan Plan, StepFlight Flight, TaskCompletionSource<StepResult> Answer);
}
