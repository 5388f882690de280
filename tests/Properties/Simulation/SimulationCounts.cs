using LanguageExt;
using SkPaged.Engine.Pure;

namespace SkPaged.Properties.Simulation;

/// <summary>What happened in a run.</summary>
/// <param name="Events">All of them.</param>
/// <param name="Completed">Steps that were answered with their tokens.</param>
/// <param name="Failed">Steps that failed, or were answered with a wrong number of tokens.</param>
/// <param name="Cancelled">Cancellations that ended something.</param>
/// <param name="Overflows">Requests of a burst that the queue had no room for.</param>
public sealed record SimulationCounts(
    int Events = 0, int Completed = 0, int Failed = 0, int Cancelled = 0, int Overflows = 0)
{
    /// <summary>Steps that ran.</summary>
    public int Steps => Completed + Failed;

    public SimulationCounts With(SchedulerState before, Event evt, Seq<Decision> decisions)
    {
        var answered = evt switch
        {
            Event.StepCompleted(var result) => before.InFlight is { } plan
                && plan.Id == result.Step
                    ? !result.Samples.IsDefault && result.Samples.Length == plan.SamplesTotal
                    : (bool?)null,
            Event.StepFailed(var step, _) when step == before.InFlight?.Id => false,
            _ => null,
        };
        return new(
            Events + 1,
            Completed + (answered == true ? 1 : 0),
            Failed + (answered == false ? 1 : 0),
            Cancelled + (evt is Event.Cancelled && !decisions.IsEmpty ? 1 : 0),
            Overflows + decisions.Count(each =>
                each is Decision.Reject { Why: Rejection.QueueFull }));
    }
}
