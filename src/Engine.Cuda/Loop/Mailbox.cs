using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>An event on its way to the loop.</summary>
/// <param name="Event">The event.</param>
/// <param name="Opened">Who waits for a submitted request; null for other events.</param>
internal readonly record struct Mail(Event Event, Generation? Opened);

/// <summary>
/// Many senders, one reader that takes all there is at once. Senders never wait for the reader:
/// the lock is held for an append or a swap of two lists.
/// </summary>
internal sealed class Mailbox(int capacity)
{
    // A monitor rather than a channel: the reader is a thread that sleeps, not a task that is
    // scheduled, and a swap takes a burst of any size in one go.
    private readonly object _gate = new();
    private List<Mail> _unread = [];
    private int _submitted;
    private bool _readerSleeps;
    private LoopEnd? _end;

    /// <summary>Why the box is closed; null while it is open.</summary>
    public LoopEnd? End => Volatile.Read(ref _end);

    /// <summary>Hands in a request.</summary>
    /// <exception cref="EngineOverloadedException">As many lie unread as may.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public void Submit(Request request, Generation opened)
    {
        lock (_gate)
        {
            if (_end is not null)
                throw _end.ToException();
            if (_submitted >= capacity)
                throw EngineOverloadedException.MailboxFull(_submitted, capacity);
            _submitted++;
            Add(new Mail(new Event.Submitted(request), opened));
        }
    }

    /// <summary>
    /// Hands in a cancellation of one sample, or of all; a closed box needs none.
    /// </summary>
    public void Cancel(RequestId id, FinishReason reason, int? sample)
    {
        lock (_gate)
        {
            if (_end is null)
                Add(new Mail(new Event.Cancelled(id, reason) { Sample = sample }, null));
        }
    }

    /// <summary>
    /// Swaps the empty <paramref name="read"/> for all unread mail. With <paramref name="wait"/> it
    /// sleeps until there is some.
    /// </summary>
    /// <returns>False once the box is closed: then there is nothing more to do.</returns>
    public bool Take(ref List<Mail> read, bool wait)
    {
        lock (_gate)
        {
            while (wait && _end is null && _unread.Count == 0)
                Sleep();
            if (_end is not null)
                return false;
            Swap(ref read);
            return true;
        }
    }

    /// <summary>Refuses all mail from now on. The first reason holds.</summary>
    /// <returns>The reason that holds.</returns>
    public LoopEnd Close(LoopEnd end)
    {
        lock (_gate)
        {
            _end ??= end;
            Monitor.PulseAll(_gate);
            return _end;
        }
    }

    /// <summary>Whatever lay unread when the box was closed.</summary>
    public List<Mail> TakeRest()
    {
        lock (_gate)
        {
            List<Mail> rest = [];
            Swap(ref rest);
            return rest;
        }
    }

    private void Add(Mail mail)
    {
        _unread.Add(mail);
        if (_readerSleeps)
            Monitor.Pulse(_gate);
    }

    private void Sleep()
    {
        _readerSleeps = true;
        Monitor.Wait(_gate);
        _readerSleeps = false;
    }

    private void Swap(ref List<Mail> read)
    {
        (_unread, read) = (read, _unread);
        _submitted = 0;
    }
}
