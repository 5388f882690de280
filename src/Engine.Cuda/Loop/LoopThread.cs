using System.Diagnostics;
using SkPaged.Engine.Pure;
using ThreadState = System.Threading.ThreadState;

namespace SkPaged.Engine.Cuda;

/// <summary>
/// Mailbox -> Scheduler.Step -> decisions -> executor and callers, on one thread that owns the
/// state. It may mutate, it must not decide.
/// </summary>
/// <remarks>
/// Before each step all mail is read, so requests that come together start together; with nothing
/// to run the thread sleeps. An asynchronous executor gets the next plan before it has answered the
/// one before; the thread sleeps until it answers, or mail comes.
/// </remarks>
internal sealed class LoopThread
{
    private static readonly Event.StepWanted _stepWanted = new();

    private readonly SchedulerConfig _config;
    private readonly IStepExecutor _executor;
    private readonly string _name;
    private readonly Mailbox _mailbox;
    private readonly StateCell _state;
    private readonly EngineTelemetry _telemetry;
    private readonly StepRunner _steps;
    private readonly StepQueue? _queue;
    private readonly OpenGenerations _open;
    private readonly EventRecorder _recorder;
    private readonly Action<Decision>? _decided;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public LoopThread(
        SchedulerConfig config,
        IStepExecutor executor,
        EngineLoopOptions options,
        Mailbox mailbox,
        StateCell state,
        EngineTelemetry telemetry,
        EventLogWriter? log)
    {
        (_config, _executor, _name) = (config, executor, options.Name);
        (_mailbox, _state, _telemetry) = (mailbox, state, telemetry);
        _steps = new StepRunner(executor, options.TimeProvider);
        _queue = executor.IsAsynchronous
            ? new StepQueue(executor, options.TimeProvider, mailbox.Wake)
            : null;
        _open = new OpenGenerations(telemetry);
        _recorder = new EventRecorder(log, telemetry.EventLogFailed);
        _decided = options.Decided;
        _thread = new Thread(Run) { IsBackground = true, Name = _name };
    }

    /// <summary>Requests whose answers are incomplete.</summary>
    public int OpenCount => _open.Count;

    /// <summary>Whether the thread waits for something.</summary>
    public bool Sleeps => _thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin);

    /// <summary>Completes when everything has been given back.</summary>
    public Task Ended => _ended.Task;

    public void Start() => _thread.Start();

    public void Join()
    {
        // An executor or a logger that disposes the engine must not wait for itself.
        if (Thread.CurrentThread != _thread)
            _thread.Join();
    }

    private void Run()
    {
        try
        {
            _telemetry.Started(_config);
            Pump();
        }
        catch (Exception cause)
        {
            // A lost executor, or a bug: this state cannot be trusted with another step.
            _telemetry.Failed(cause);
            _mailbox.Close(new LoopEnd(_name, cause));
        }

        End(_mailbox.End!);
    }

    private void Pump()
    {
        List<Mail> read = [];
        for (var idle = false; _mailbox.Take(ref read, wait: idle); read.Clear())
        {
            // All are open before the first is fed: if that one breaks the loop, all are told.
            foreach (var mail in read)
                _open.Open(mail.Opened);
            foreach (var mail in read)
                Feed(mail.Event, null);
            while (_queue?.TryAnswer(out var plan, out var outcome) == true)
                Answer(plan, outcome);
            idle = !Feed(_stepWanted, null);
            DebugCheck.Assert(_config, _state.Now.State);
        }
    }

    // The state is replaced before its decisions are carried out: who reads the end of a request
    // finds its blocks free. False when nothing was decided.
    private bool Feed(Event evt, StepFailure? failure)
    {
        _recorder.Record(evt);
        var before = _state.Now.State;
        var (state, decisions) = Scheduler.Step(_config, before, evt);
        _state.Now = _state.Now with { State = state };
        before.RetireFor(state);
        foreach (var decision in decisions)
            Carry(decision, failure);
        return !decisions.IsEmpty;
    }

    private void Carry(Decision decision, StepFailure? failure)
    {
        _decided?.Invoke(decision);
        switch (decision)
        {
            case Decision.RunStep run:
                RunStep(run.Plan);
                break;
            case Decision.Emit emit:
                _open.Emit(emit);
                break;
            case Decision.Finish finish:
                _open.Finish(finish, failure);
                break;
            case Decision.Choose choose:
                _open.Choose(choose);
                break;
            case Decision.Reject reject:
                _open.Reject(reject);
                break;
            default:
                throw new UnreachableException($"No such decision: {decision}");
        }
    }

    // Without a queue this nests once: a plan is answered before another can be wanted.
    private void RunStep(StepPlan plan)
    {
        if (_queue is not null)
            _queue.Begin(plan);
        else
            Answer(plan, _steps.Run(plan));
    }

    private void Answer(StepPlan plan, StepOutcome outcome)
    {
        var now = _state.Now;
        var failed = outcome.Failure is null ? 0 : 1;
        _state.Now = now with
        {
            LastStep = outcome.Took,
            StepsFailed = now.StepsFailed + failed,
        };
        _telemetry.StepRan(plan, outcome);
        Feed(outcome.Answer, outcome.Failure);
    }

    private void End(LoopEnd end)
    {
        try
        {
            foreach (var mail in _mailbox.TakeRest())
                if (mail.Opened is { } opened)
                    _open.Abandon(opened, end);
            _open.AbandonAll(end);
            _recorder.End();
            // A lost executor may never answer.
            if (end.Cause is null)
                _queue?.Drain();
            _executor.Dispose();
        }
        catch (Exception failure)
        {
            _telemetry.ExecutorDisposeFailed(failure);
        }
        finally
        {
            _telemetry.Stopped();
            _telemetry.Dispose();
            _ended.SetResult();
        }
    }
}
