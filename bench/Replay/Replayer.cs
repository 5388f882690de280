using LanguageExt;
using SkPaged.Engine.Cuda;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>What answers an event: <see cref="Scheduler.Step"/>, or one that is broken.</summary>
internal delegate (SchedulerState State, Seq<Decision> Decisions) StepFunction(
    SchedulerConfig config, SchedulerState state, Event evt);

/// <summary>One pass through a log: where it is, and how many laws it has seen broken.</summary>
/// <param name="log">What was recorded.</param>
/// <param name="step">Answers the events.</param>
/// <param name="output">Is told of events, decisions and broken laws.</param>
internal sealed class Replayer(EventLog log, StepFunction step, TextWriter output)
{
    private SchedulerState _state = SchedulerState.Initial(log.Config);
    private SchedulerState? _checked;
    private int _index = -1;
    private int _broken;

    /// <summary>Plays the log to its end, or to the event that the scheduler breaks at.</summary>
    /// <param name="quiet">No events and decisions.</param>
    /// <param name="checkEvery">Events from one check of the state's laws to the next.</param>
    /// <returns>Broken laws.</returns>
    /// <exception cref="EventLogException">
    /// The log cannot be read to its end; what came before is told all the same.
    /// </exception>
    public int Run(bool quiet, int checkEvery)
    {
        try
        {
            foreach (var evt in log.Events)
            {
                _index++;
                if (!Play(evt, quiet))
                    break;
                if (_index % checkEvery == 0)
                    Check();
            }
        }
        finally
        {
            Check();
            Sum();
        }

        return _broken;
    }

    // False when the scheduler has no answer: there is no state to go on from.
    private bool Play(Event evt, bool quiet)
    {
        if (!quiet)
            output.WriteLine($"{_index,8} {PlainText.Of(evt)}");
        Report(Fit.Check(_state, evt));
        try
        {
            (_state, var decisions) = step(log.Config, _state, evt);
            if (quiet)
                return true;
            foreach (var decision in decisions)
                output.WriteLine($"         -> {PlainText.Of(decision)}");
            return true;
        }
        catch (Exception cause)
        {
            Report([new("every event in every state has an answer",
                $"{cause.GetType().Name}: {cause.Message}")]);
            return false;
        }
    }

    // No state is checked twice: what it breaks is told once.
    private void Check()
    {
        if (ReferenceEquals(_checked, _state))
            return;
        _checked = _state;
        Report(Invariants.Check(log.Config, _state));
    }

    private void Report(IEnumerable<Violation> violations)
    {
        foreach (var (law, detail) in violations)
        {
            output.WriteLine($"{_index,8} BROKEN: {law}: {detail}");
            _broken++;
        }
    }

    private void Sum()
    {
        output.WriteLine($"{_index + 1} events, {_broken} broken laws, "
            + $"{_state.Running.Length} running, "
            + $"{_state.Waiting.Count} waiting, {_state.Blocks.LiveCount} live and "
            + $"{_state.Blocks.CachedCount} cached blocks of {_state.Blocks.TotalCount}");
        output.WriteLine($"{_state.Stats}");
    }
}
