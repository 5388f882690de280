using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Records a loop's events if it is asked to. A disk that fails ends the record, not the engine.
/// </summary>
internal sealed class EventRecorder(EventLogWriter? log, Action<Exception> broken)
{
    private EventLogWriter? _log = log;

    /// <summary>Before the scheduler is told: an event that breaks it is in the log.</summary>
    public void Record(Event evt)
    {
        if (_log is null)
            return;
        try
        {
            _log.Write(evt);
        }
        catch (IOException cause)
        {
            broken(cause);
            End();
        }
    }

    public void End()
    {
        try
        {
            _log?.Dispose();
        }
        catch (IOException cause)
        {
            broken(cause);
        }

        _log = null;
    }
}
