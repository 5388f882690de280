using SkPaged.Engine.Pure;

namespace SkPaged.Bench;

/// <summary>
/// What holds between a state and the event that a working engine and executor tell it next. The
/// scheduler has an answer to what does not fit too, so the states alone would not show it.
/// </summary>
internal static class Fit
{
    public static IEnumerable<Violation> Check(SchedulerState state, Event evt) =>
        evt switch
        {
            Event.StepCompleted(var result) =>
                InFlight(state, result.Step).Concat(Drawn(state, result)),
            Event.StepFailed(var step, _) => InFlight(state, step),
            _ => [],
        };

    private static IEnumerable<Violation> InFlight(SchedulerState state, StepId step)
    {
        if (state.InFlight?.Id != step)
            yield return new("an answer is of the step in flight",
                $"{step} is answered, {(state.InFlight is { } plan ? $"{plan.Id}" : "none")} "
                + "is in flight");
    }

    private static IEnumerable<Violation> Drawn(SchedulerState state, StepResult result)
    {
        var drawn = result.Samples.IsDefault ? 0 : result.Samples.Length;
        if (state.InFlight is { } plan && plan.Id == result.Step && drawn != plan.SamplesTotal)
            yield return new("a step draws as many tokens as its plan says",
                $"{plan.Id} draws {plan.SamplesTotal}, its answer has {drawn}");
    }
}
