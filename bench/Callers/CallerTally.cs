namespace SkPaged.Bench;

/// <summary>
/// How calls ended. Thread-safe. Times to first tokens are kept in a store of a fixed size, so that
/// counting does not look like a leak.
/// </summary>
internal sealed class CallerTally
{
    private readonly double[] _firstTokens = new double[1 << 20];
    private readonly Lock _gate = new();
    private Exception? _error;
    private int _answers;
    private int _leavings;
    private int _failures;
    private int _counted;

    public int Answers => _answers;

    public int Leavings => _leavings;

    public int Failures => _failures;

    /// <summary>Calls that have ended, one way or another.</summary>
    public int Ended => Answers + Leavings + Failures;

    /// <summary>The first error that is no leaving.</summary>
    public Exception? Error => _error;

    /// <summary>Streams whose first token was timed.</summary>
    public int FirstTokens => Math.Min(_counted, _firstTokens.Length);

    public void Answered() => Interlocked.Increment(ref _answers);

    public void Left() => Interlocked.Increment(ref _leavings);

    public void Failed(Exception error)
    {
        Interlocked.Increment(ref _failures);
        Interlocked.CompareExchange(ref _error, error, null);
    }

    public void FirstToken(TimeSpan after)
    {
        lock (_gate)
            _firstTokens[_counted++ % _firstTokens.Length] = after.TotalMilliseconds;
    }

    /// <summary>
    /// Milliseconds from a call to its first token that so many of 100 streams do not exceed.
    /// </summary>
    public double Percentile(int percent)
    {
        lock (_gate)
        {
            var sorted = _firstTokens[..FirstTokens];
            Array.Sort(sorted);
            return sorted.Length == 0
                ? double.NaN
                : sorted[Math.Min(sorted.Length - 1, sorted.Length * percent / 100)];
        }
    }
}
