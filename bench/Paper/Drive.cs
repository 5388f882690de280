using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Bench.Paper;

/// <summary>A request and when it comes, in seconds from the start.</summary>
internal readonly record struct Arrival(double Second, Request Request);

/// <summary>
/// Feeds a trace to a scheduler and its plans to an executor. Time is what steps took, so simulated
/// and real executors run behind it alike, and nobody waits.
/// </summary>
internal sealed class Drive
{
    private readonly Func<StepPlan, (StepResult Result, double Seconds)> _execute;
    private readonly IReadOnlyList<Arrival> _trace;
    private readonly RunTally _tally;
    private IServing _serving;

    private Drive(
        IServing serving, IReadOnlyList<Arrival> trace,
        Func<StepPlan, (StepResult Result, double Seconds)> execute)
    {
        (_serving, _trace, _execute) = (serving, trace, execute);
        _tally = new RunTally(trace);
    }

    /// <summary>Until all are done, or <paramref name="secondsMax"/> have passed.</summary>
    /// <param name="serving">At its start.</param>
    /// <param name="trace">By time; the id of a request is its place.</param>
    /// <param name="execute">Runs a plan, and says how long it took.</param>
    /// <param name="secondsMax">Of the trace's clock; those unfinished then never end.</param>
    /// <param name="latencyMax">
    /// Of the normalised latency: as soon as it cannot but be more, the run ends.
    /// </param>
    /// <param name="hostSeconds">
    /// Of planning a step and of its answer, while the device waits unless a step is ahead.
    /// </param>
    public static RunTally Run(
        IServing serving, IReadOnlyList<Arrival> trace,
        Func<StepPlan, (StepResult Result, double Seconds)> execute,
        double secondsMax = double.PositiveInfinity,
        double latencyMax = double.PositiveInfinity, double hostSeconds = 0)
    {
        var drive = new Drive(serving, trace, execute);
        drive.Run(secondsMax, latencyMax * trace.Count, hostSeconds);
        return drive._tally;
    }

    private void Run(double secondsMax, double latencySumMax, double hostSeconds)
    {
        var (clock, arrived) = (0.0, 0);
        StepPlan? plan = null;
        while (clock < secondsMax && _tally.LatencySum <= latencySumMax)
        {
            while (arrived < _trace.Count && _trace[arrived].Second <= clock)
                Feed(new Event.Submitted(_trace[arrived++].Request), clock);
            plan ??= Feed(new Event.StepWanted(), clock);
            if (plan is null && arrived == _trace.Count)
                break;
            if (plan is null)
            {
                clock = _trace[arrived].Second;
                continue;
            }

            var use = _serving.Use;
            // Who does not look ahead plans nothing while a step runs.
            var ahead = Feed(new Event.StepWanted(), clock);
            var (result, seconds) = _execute(plan);
            seconds = ahead is null ? seconds + hostSeconds : Math.Max(seconds, hostSeconds);
            clock += seconds;
            _tally.Ran(plan, use, seconds);
            Feed(new Event.StepCompleted(result), clock);
            plan = ahead;
        }

        _tally.Ended(clock);
    }

    private StepPlan? Feed(Event evt, double clock)
    {
        var before = _serving;
        (_serving, var decisions) = before.Step(evt);
        before.RetireFor(_serving);
        StepPlan? plan = null;
        foreach (var decision in decisions)
        {
            switch (decision)
            {
                case Decision.RunStep step:
                    plan = step.Plan;
                    break;
                case Decision.Emit emit:
                    _tally.Told(emit, clock);
                    break;
                case Decision.Finish finish:
                    _tally.Finished(finish, clock);
                    break;
                case Decision.Reject reject:
                    throw new InvalidOperationException(
                        $"{reject.Id} of the trace was rejected: {reject.Why.Message}");
            }
        }

        return plan;
    }
}
