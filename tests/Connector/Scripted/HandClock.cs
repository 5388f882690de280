using System.Collections.Concurrent;

namespace SkPaged.Connector.Tests.Scripted;

/// <summary>The system's clock, but for its timers: they go off when a test says so.</summary>
internal sealed class HandClock : TimeProvider
{
    private readonly ConcurrentQueue<HandTimer> _timers = new();

    /// <summary>Timers that were set and not stopped.</summary>
    public int Running => _timers.Count(timer => timer.Runs);

    /// <summary>All that run go off.</summary>
    public void GoOff()
    {
        foreach (var timer in _timers)
            timer.GoOff();
    }

    public override ITimer CreateTimer(
        TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new HandTimer(() => callback(state));
        _timers.Enqueue(timer);
        return timer;
    }

    private sealed class HandTimer(Action goOff) : ITimer
    {
        private volatile bool _stopped;

        public bool Runs => !_stopped;

        public void GoOff()
        {
            if (Runs)
                goOff();
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => Runs;

        public void Dispose() => _stopped = true;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
