using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// The engine as its callers see it: requests in, tokens out, from any number of threads. One
/// thread behind it owns the scheduler's state and runs the steps.
/// </summary>
public sealed class EngineLoop : IDisposable, IAsyncDisposable
{
    private readonly EngineLoopOptions _options;
    private readonly SeedSource _seeds;
    private readonly Mailbox _mailbox;
    private readonly StateCell _state;
    private readonly LoopThread _thread;
    private long _lastId = -1;

    /// <summary>Starts an idle engine.</summary>
    /// <param name="config">The scheduler's limits.</param>
    /// <param name="executor">
    /// Runs the steps, is called on the loop's thread only, and is disposed there when the loop
    /// ends. It stays the caller's when this constructor throws. Whether steps are planned ahead is
    /// decided by <see cref="IStepExecutor.IsAsynchronous"/>, whatever the limits say.
    /// </param>
    /// <param name="options">Name, mailbox, clock; null = the defaults.</param>
    /// <param name="logger">Told of failures, rejections and ends; null = nobody.</param>
    /// <exception cref="EngineConfigException">Names all that is wrong.</exception>
    /// <exception cref="IOException">The event log cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public EngineLoop(
        SchedulerConfig config,
        IStepExecutor executor,
        EngineLoopOptions? options = null,
        ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(config);
        ArgumentNullException.ThrowIfNull(executor);
        _options = options ?? new EngineLoopOptions();
        ThrowIfInvalid(config, _options);
        config = config with { LookAhead = executor.IsAsynchronous };
        // First of all that this makes: it is the one that can fail.
        var log = _options.EventLog is { } file ? new EventLogWriter(file, config) : null;
        _seeds = new SeedSource(_options.SeedSource);
        _mailbox = new Mailbox(_options.MailboxCapacity);
        _state = new StateCell(config);
        var telemetry = new EngineTelemetry(
            _options.Name, () => _state.Snapshot, logger ?? NullLogger.Instance);
        _thread = new LoopThread(config, executor, _options, _mailbox, _state, telemetry, log);
        _thread.Start();
    }

    /// <summary>The numbers of the last state. From any thread, also after the end.</summary>
    public EngineSnapshot Snapshot => _state.Snapshot;

    /// <summary>What the engine failed of; null while it works, and when it was disposed.</summary>
    public Exception? Failure => _mailbox.End?.Cause;

    /// <summary>Whether it takes no more requests: it failed or was disposed.</summary>
    public bool HasEnded => _mailbox.End is not null;

    /// <summary>What the scheduler's events have led to.</summary>
    internal SchedulerState State => _state.Now.State;

    /// <summary>Requests whose answers are incomplete, as the loop's thread knows them.</summary>
    internal int OpenCount => _thread.OpenCount;

    /// <summary>Whether the loop's thread sleeps: it does when there is nothing to run.</summary>
    internal bool Sleeps => _thread.Sleeps;

    /// <summary>
    /// Hands in a request. Never blocks: whether the scheduler takes it is told to the reader.
    /// </summary>
    /// <param name="prompt">The tokens to continue.</param>
    /// <param name="sampling">How tokens are drawn; a null seed is replaced by a drawn one.</param>
    /// <param name="stop">When it ends.</param>
    /// <param name="options">
    /// How many samples, how urgent, for whom; null: one sample, as all others.
    /// </param>
    /// <exception cref="ArgumentException">Something is null or default.</exception>
    /// <exception cref="EngineOverloadedException">The mailbox is full.</exception>
    /// <exception cref="ObjectDisposedException">The engine was disposed.</exception>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    public Generation Submit(
        ImmutableArray<TokenId> prompt,
        SamplingParams sampling,
        StopRule stop,
        SubmitOptions? options = null)
    {
        ThrowIfMissing(prompt, sampling, stop);
        var id = new RequestId(Interlocked.Increment(ref _lastId));
        options ??= SubmitOptions.Default;
        var request = new Request(id, prompt, _seeds.Seeded(sampling, id), stop)
        {
            CacheSalt = options.CacheSalt,
            Samples = options.Samples,
            BestOf = options.BestOf,
            Beams = options.Beams,
            Priority = options.Priority,
            Tenant = options.Tenant,
        };
        var generation = new Generation(
            request, options.Operation, _mailbox, _options.TimeProvider);
        _mailbox.Submit(request, generation);
        if (_options.RequestTimeout is { } limit)
            generation.LimitTo(limit);
        return generation;
    }

    /// <summary>
    /// Ends all requests with an <see cref="ObjectDisposedException"/> once the step that runs is
    /// over, and disposes the executor. Waits for that. Idempotent.
    /// </summary>
    public void Dispose()
    {
        _mailbox.Close(new LoopEnd(_options.Name, null));
        _thread.Join();
    }

    /// <summary>As <see cref="Dispose"/>, without blocking a thread.</summary>
    public async ValueTask DisposeAsync()
    {
        _mailbox.Close(new LoopEnd(_options.Name, null));
        await _thread.Ended.ConfigureAwait(false);
        _thread.Join();
    }

    private static void ThrowIfInvalid(SchedulerConfig config, EngineLoopOptions options)
    {
        var errors = config.Validate()
            .Match(Succ: _ => [], Fail: found => found.AsEnumerable())
            .Concat(options.Errors())
            .ToImmutableArray();
        if (!errors.IsEmpty)
            throw new EngineConfigException(errors);
    }

    // What has no value at all cannot be rejected as a value by the scheduler.
    private static void ThrowIfMissing(
        ImmutableArray<TokenId> prompt, SamplingParams sampling, StopRule stop)
    {
        ArgumentNullException.ThrowIfNull(sampling);
        ArgumentNullException.ThrowIfNull(stop);
        if (prompt.IsDefault)
            throw new ArgumentException("The prompt is a default array.", nameof(prompt));
        if (sampling.LogitBias is null)
            throw new ArgumentException("LogitBias is null.", nameof(sampling));
    }
}
