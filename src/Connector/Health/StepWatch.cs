using SkPaged.Engine.Cuda;

namespace SkPaged.Connector.Health;

/// <summary>
/// How long an engine has had something to do and begun no step, as far as those who look have
/// seen. Thread-safe.
/// </summary>
internal sealed class StepWatch
{
    private readonly Lock _gate = new();
    private long _steps = -1;
    private long _since;

    /// <summary>Looks at the engine's numbers of now.</summary>
    public TimeSpan Stood(EngineSnapshot now, TimeProvider clock)
    {
        lock (_gate)
        {
            if (now.Steps != _steps || now.Running + now.Waiting == 0)
                (_steps, _since) = (now.Steps, clock.GetTimestamp());
            return clock.GetElapsedTime(_since);
        }
    }
}
