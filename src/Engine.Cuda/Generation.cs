using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// One request under way, as its caller holds it. Read it once; dispose it, or its reader, to give
/// it up. Tokens wait here until they are read: at most the request's own maximum a sample.
/// </summary>
public sealed class Generation : IAsyncDisposable
{
    private const long Never = long.MinValue;

    // A reader's continuation must not run on the loop's thread, so none is synchronous. The
    // channel is also the referee: what completes it first, end, failure or cancellation, holds.
    private readonly Channel<TokenEvent> _events = Channel.CreateUnbounded<TokenEvent>(
        new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = false });

    private readonly Mailbox _mailbox;
    private readonly TimeProvider _clock;
    private readonly long _submitted;
    private readonly int _samples;
    private long _firstToken = Never;
    private long _ended = Never;
    private Exception? _failure;
    private ITimer? _timer;
    private HashSet<int>? _stopped;
    private bool _read;
    private bool _givenUp;
    private bool _disposed;

    internal Generation(Request request, string operation, Mailbox mailbox, TimeProvider clock)
    {
        (Id, Operation, Ends) = (request.Id, operation, SampleEnds.Of(request));
        (_samples, _mailbox, _clock) = (Ends.Left, mailbox, clock);
        _submitted = clock.GetTimestamp();
    }

    /// <summary>The request's id, unique within its engine.</summary>
    public RequestId Id { get; }

    /// <summary>From submission to the first token of any sample; null until then.</summary>
    public TimeSpan? TimeToFirstToken => Since(ref _firstToken);

    /// <summary>
    /// From submission to the end of the last sample; null while under way, and when the engine
    /// ended first.
    /// </summary>
    public TimeSpan? Duration => Since(ref _ended);

    /// <summary>What was asked for, in the metrics' words.</summary>
    internal string Operation { get; }

    /// <summary>From submission to now.</summary>
    internal TimeSpan Age => _clock.GetElapsedTime(_submitted);

    /// <summary>What it fails of; null = nothing.</summary>
    internal Exception? Failure => _failure;

    /// <summary>How far it is from its end. The loop's thread knows.</summary>
    internal SampleEnds Ends { get; private set; }

    /// <summary>
    /// The tokens as they come, of each sample a <see cref="TokenEvent.Finished"/> behind them, and
    /// <see cref="TokenEvent.Chosen"/> behind all if more were drawn than asked for. Leaving early,
    /// or cancelling, aborts the request: it is dropped before the next step.
    /// </summary>
    /// <param name="cancellationToken">Aborts the request, also between two reads.</param>
    /// <exception cref="RequestRejectedException">It was not taken in.</exception>
    /// <exception cref="EngineOverloadedException">As many requests wait as may.</exception>
    /// <exception cref="RequestTimeoutException">It took longer than it may.</exception>
    /// <exception cref="StepFailedException">
    /// A step that ran it failed: none of its samples goes on.
    /// </exception>
    /// <exception cref="EngineFailedException">The engine failed.</exception>
    /// <exception cref="ObjectDisposedException">The engine or this was disposed.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    /// <exception cref="InvalidOperationException">There is a reader already.</exception>
    public async IAsyncEnumerable<TokenEvent> ReadAllAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ClaimReader();
        try
        {
            using var registration = cancellationToken.UnsafeRegister(
                static (self, token) => ((Generation)self!).Cancel(token), this);
            // Waiting without the token: a wait that cannot be cancelled costs no allocation, and
            // the registration ends it all the same.
            var events = _events.Reader;
            while (await events.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (events.TryRead(out var next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    yield return next;
                }
            }
        }
        finally
        {
            GiveUp(FinishReason.Abort);
        }
    }

    /// <summary>
    /// The text layer met a stop string: ends with <see cref="FinishReason.Stop"/> before the next
    /// step, all samples of it. Tokens drawn meanwhile are still read. No effect on a request that
    /// has ended.
    /// </summary>
    public void Stop() => GiveUp(FinishReason.Stop);

    /// <summary>
    /// The text layer met a stop string in a sample: that one ends with
    /// <see cref="FinishReason.Stop"/> before the next step, the others go on. No effect on one
    /// that has ended, and before the first token.
    /// </summary>
    /// <param name="sample">
    /// From 0, as <see cref="TokenEvent.Token.Index"/> says it; less than the samples drawn.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public void Stop(int sample)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sample);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(sample, _samples);
        if (Volatile.Read(ref _firstToken) == Never || Volatile.Read(ref _ended) != Never)
            return;
        lock (_events)
        {
            if (_givenUp || !(_stopped ??= []).Add(sample))
                return;
        }
        _mailbox.Cancel(Id, FinishReason.Stop, sample);
    }

    /// <summary>Aborts the request if it is under way. Waits for nothing.</summary>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _disposed, true);
        GiveUp(FinishReason.Abort);
        return ValueTask.CompletedTask;
    }

    /// <summary>Fails if it has not ended so long after now.</summary>
    internal void LimitTo(TimeSpan limit)
    {
        Volatile.Write(ref _timer, _clock.CreateTimer(
            self => ((Generation)self!).TimeOut(limit), this, limit, Timeout.InfiniteTimeSpan));
        // It may have ended before there was a timer to stop.
        if (_events.Reader.Completion.IsCompleted || Volatile.Read(ref _ended) != Never)
            StopTimer();
    }

    /// <summary>Hands on a token. True for the first.</summary>
    internal bool Emit(Decision.Emit emit)
    {
        var first = _firstToken == Never;
        if (first)
            Volatile.Write(ref _firstToken, _clock.GetTimestamp());
        if (_failure is null)
            _events.Writer.TryWrite(new TokenEvent.Token(emit.Token) { Index = emit.Sample });
        return first;
    }

    /// <summary>
    /// Hands on the end of a sample, or the choice between them. The last of them is the end.
    /// </summary>
    internal void Tell(TokenEvent told, SampleEnds ends)
    {
        Ends = ends;
        if (ends.AreAll)
            Volatile.Write(ref _ended, _clock.GetTimestamp());
        if (_failure is null)
            _events.Writer.TryWrite(told);
        if (ends.AreAll)
            Complete(_failure);
    }

    /// <summary>
    /// A step failed with some of the samples. What is left of them serves nobody: it is aborted,
    /// and the failure is told at the end, when nothing is held any more.
    /// </summary>
    internal void Break(Exception why, bool goesOn)
    {
        _failure ??= why;
        if (goesOn)
            GiveUp(FinishReason.Abort);
    }

    internal void Fail(Exception why)
    {
        Volatile.Write(ref _ended, _clock.GetTimestamp());
        Complete(why);
    }

    /// <summary>The engine is gone. Touches nothing that could have broken with it.</summary>
    internal void Abandon(Exception why) => Complete(why);

    private void Complete(Exception? why)
    {
        _events.Writer.TryComplete(why);
        StopTimer();
    }

    private void StopTimer() => Volatile.Read(ref _timer)?.Dispose();

    private void TimeOut(TimeSpan limit)
    {
        var error = new RequestTimeoutException(Id, limit);
        if (!_events.Writer.TryComplete(error))
            return;
        Interlocked.CompareExchange(ref _failure, error, null);
        GiveUp(FinishReason.Abort);
    }

    private void Cancel(CancellationToken token)
    {
        GiveUp(FinishReason.Abort);
        _events.Writer.TryComplete(new OperationCanceledException(token));
    }

    // At most one cancellation a sample and one more reach the mailbox: it needs no limit for them.
    private void GiveUp(FinishReason reason)
    {
        if (Volatile.Read(ref _ended) == Never && !Interlocked.Exchange(ref _givenUp, true))
            _mailbox.Cancel(Id, reason, sample: null);
    }

    private void ClaimReader()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed), this);
        if (Interlocked.Exchange(ref _read, true))
            throw new InvalidOperationException($"There is a reader of {Id} already.");
    }

    private TimeSpan? Since(ref long timestamp) =>
        Volatile.Read(ref timestamp) is var at && at == Never
            ? null
            : _clock.GetElapsedTime(_submitted, at);
}
