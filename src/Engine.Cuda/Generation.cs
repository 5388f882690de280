using System.Runtime.CompilerServices;
using System.Threading.Channels;
using SkPaged.Engine.Pure;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// One request under way, as its caller holds it. Read it once; dispose it, or its reader, to give
/// it up. Tokens wait here until they are read: at most the request's own maximum.
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
    private long _firstToken = Never;
    private long _ended = Never;
    private bool _read;
    private bool _givenUp;
    private bool _disposed;

    internal Generation(RequestId id, Mailbox mailbox, TimeProvider clock) =>
        (Id, _mailbox, _clock, _submitted) = (id, mailbox, clock, clock.GetTimestamp());

    /// <summary>The request's id, unique within its engine.</summary>
    public RequestId Id { get; }

    /// <summary>From submission to the first token; null until there is one.</summary>
    public TimeSpan? TimeToFirstToken => Since(ref _firstToken);

    /// <summary>
    /// From submission to the end that the engine gave it; null while under way, and when the
    /// engine ended first.
    /// </summary>
    public TimeSpan? Duration => Since(ref _ended);

    /// <summary>
    /// The tokens as they come, then <see cref="TokenEvent.Finished"/>. Leaving early, or
    /// cancelling, aborts the request: it is dropped before the next step.
    /// </summary>
    /// <param name="cancellationToken">Aborts the request, also between two reads.</param>
    /// <exception cref="RequestRejectedException">It was not taken in.</exception>
    /// <exception cref="EngineOverloadedException">As many requests wait as may.</exception>
    /// <exception cref="StepFailedException">A step that ran it failed.</exception>
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
    /// step. Tokens drawn meanwhile are still read. No effect on a request that has ended.
    /// </summary>
    public void Stop() => GiveUp(FinishReason.Stop);

    /// <summary>Aborts the request if it is under way. Waits for nothing.</summary>
    public ValueTask DisposeAsync()
    {
        Volatile.Write(ref _disposed, true);
        GiveUp(FinishReason.Abort);
        return ValueTask.CompletedTask;
    }

    /// <summary>Hands on a token. True for the first.</summary>
    internal bool Emit(SampledToken token)
    {
        var first = _firstToken == Never;
        if (first)
            Volatile.Write(ref _firstToken, _clock.GetTimestamp());
        _events.Writer.TryWrite(new TokenEvent.Token(token));
        return first;
    }

    internal void Finish(FinishReason reason, Usage usage)
    {
        Volatile.Write(ref _ended, _clock.GetTimestamp());
        _events.Writer.TryWrite(new TokenEvent.Finished(reason, usage));
        _events.Writer.TryComplete();
    }

    internal void Fail(Exception why)
    {
        Volatile.Write(ref _ended, _clock.GetTimestamp());
        _events.Writer.TryComplete(why);
    }

    /// <summary>The engine is gone. Touches nothing that could have broken with it.</summary>
    internal void Abandon(Exception why) => _events.Writer.TryComplete(why);

    private void Cancel(CancellationToken token)
    {
        GiveUp(FinishReason.Abort);
        _events.Writer.TryComplete(new OperationCanceledException(token));
    }

    // At most one cancellation a request reaches the mailbox, so it needs no limit there.
    private void GiveUp(FinishReason reason)
    {
        if (Volatile.Read(ref _ended) == Never && !Interlocked.Exchange(ref _givenUp, true))
            _mailbox.Cancel(Id, reason);
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
