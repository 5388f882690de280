using System.Runtime.ExceptionServices;

namespace SkPaged.Engine.Cuda.Simd;

/// <summary>
/// The calling thread and its helpers, who share out the chunks of one job after another. Between
/// <see cref="Wake"/> and <see cref="Rest"/> the helpers spin, so that a job starts within a
/// microsecond; otherwise they sleep.
/// </summary>
/// <remarks>
/// Chunks are claimed, not assigned: a helper that the system does not run costs nothing unless it
/// is in the middle of a chunk. Called from one thread at a time.
/// </remarks>
internal sealed class WorkerTeam : IDisposable
{
    private const int ChunkBits = 20;
    private const long ChunkMask = (1 << ChunkBits) - 1;

    // job number | chunks left to claim. A claim that succeeds proves that its job is the current
    // one, as a job does not end before its chunks do.
    private long _claims;
    private long _jobs;
    private int _unfinished;
    private int _chunks;
    private Action<int, int>? _job;
    private Exception? _failure;
    private volatile bool _awake;
    private volatile bool _disposed;
    private readonly ManualResetEventSlim _wake = new(false, spinCount: 0);
    private readonly Thread[] _helpers;

    /// <param name="size">Threads, the caller's included; at least 1.</param>
    /// <param name="onStart">Runs once on each helper and is disposed when it ends.</param>
    public WorkerTeam(int size, Func<IDisposable>? onStart = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
        _helpers =
            [.. Enumerable.Range(1, size - 1)
                .Select(worker => new Thread(() => Help(worker, onStart))
        {
            IsBackground = true,
            Name = $"SkPaged worker {worker}",
        })];
        foreach (var helper in _helpers)
            helper.Start();
    }

    /// <summary>Threads, the caller's included.</summary>
    public int Size { get; }

    /// <summary>Jobs will follow: the helpers get ready.</summary>
    public void Wake()
    {
        _awake = true;
        _wake.Set();
    }

    /// <summary>No job for now.</summary>
    public void Rest()
    {
        _awake = false;
        _wake.Reset();
    }

    /// <summary>
    /// Runs <paramref name="job"/>(chunk, worker) for every chunk; the worker is 0 .. Size - 1 and
    /// runs one chunk at a time. Returns when all are done; throws what the first failure threw.
    /// </summary>
    public void Run(int chunks, Action<int, int> job)
    {
        if (chunks <= 1 || Size == 1)
        {
            for (var chunk = 0; chunk < chunks; chunk++)
                job(chunk, 0);
            return;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(chunks, ChunkMask);
        (_job, _chunks, _failure) = (job, chunks, null);
        Volatile.Write(ref _unfinished, chunks);
        Volatile.Write(ref _claims, (++_jobs << ChunkBits) | (long)chunks);
        Work(worker: 0);
        for (var spins = 0; Volatile.Read(ref _unfinished) > 0; spins++)
            Pause(spins);
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        Wake();
        foreach (var helper in _helpers)
            helper.Join();
        _wake.Dispose();
    }

    private void Help(int worker, Func<IDisposable>? onStart)
    {
        using var whileRunning = onStart?.Invoke();
        for (var spins = 0; !_disposed; spins++)
            if (Work(worker))
                spins = 0;
            else if (_awake)
                Pause(spins);
            else
                _wake.Wait();
    }

    private bool Work(int worker)
    {
        var worked = false;
        while (TryClaim(out var chunk))
        {
            worked = true;
            try
            {
                _job!(chunk, worker);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }
            Interlocked.Decrement(ref _unfinished);
        }
        return worked;
    }

    private bool TryClaim(out int chunk)
    {
        while (true)
        {
            var claims = Volatile.Read(ref _claims);
            var left = (int)(claims & ChunkMask);
            chunk = _chunks - left;
            if (left == 0)
                return false;
            if (Interlocked.CompareExchange(ref _claims, claims - 1, claims) == claims)
                return true;
        }
    }

    // Spin some 50 µs, then let others run: the machine may have fewer cores free than the team.
    private static void Pause(int spins)
    {
        if (spins < 1000)
            Thread.SpinWait(8);
        else
            Thread.Yield();
    }
}
