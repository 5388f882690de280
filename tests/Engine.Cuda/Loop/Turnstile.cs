using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda.Tests.Loop;

/// <summary>Lets a test decide when each step of a loop runs.</summary>
internal sealed class Turnstile : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _passes = new(0);
    private volatile bool _open;

    /// <summary>The plan that waits, or passed last.</summary>
    public StepPlan? Plan { get; private set; }

    public EngineLoop Loop(SchedulerConfig config, EngineLoopOptions? options = null) =>
        new(config, new SlotExecutor(config) { Before = Pass }, options);

    public void Pass(StepPlan plan)
    {
        Plan = plan;
        _arrived.Release();
        if (!_open && !_passes.Wait(Waits.Long))
            throw new TimeoutException("The test did not let the step run.");
    }

    /// <summary>Completes when a step waits to run.</summary>
    public async Task Arrival()
    {
        if (!await _arrived.WaitAsync(Waits.Long))
            throw new TimeoutException("No step came.");
    }

    /// <summary>Lets the waiting step run and waits for the next one to come.</summary>
    public async Task Next()
    {
        _passes.Release();
        await Arrival();
    }

    /// <summary>Lets all steps run from now on.</summary>
    public void Open()
    {
        _open = true;
        _passes.Release();
    }

    public void Dispose()
    {
        Open();
        _arrived.Dispose();
    }
}
