namespace SkPaged.Connector.Tests.Scripted;

/// <summary>Holds the executor before each step until the test lets it pass.</summary>
internal sealed class Turnstile : IDisposable
{
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly SemaphoreSlim _passes = new(0);
    private volatile bool _open;

    public Turnstile(ScriptedExecutor executor) =>
        executor.BeforeStep = _ =>
        {
            if (_open)
                return;
            _arrived.Release();
            _passes.Wait();
        };

    /// <summary>A step is about to run.</summary>
    public async Task Arrived()
    {
        if (!await _arrived.WaitAsync(TimeSpan.FromSeconds(20)))
            throw new TimeoutException("No step came.");
    }

    /// <summary>One step may run.</summary>
    public void Pass() => _passes.Release();

    /// <summary>Lets steps run, slowly, until something holds; the next one is held.</summary>
    public async Task PassUntil(Func<bool> condition)
    {
        while (!condition())
        {
            await Arrived();
            await Task.Delay(1);
            Pass();
        }
    }

    /// <summary>All steps may run.</summary>
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
