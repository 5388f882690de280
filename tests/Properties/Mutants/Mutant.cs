using LanguageExt;
using SkPaged.Engine.Pure;
using SkPaged.Properties.Generators;

namespace SkPaged.Properties.Mutants;

/// <summary>A scheduler with one bug, and the laws that must notice.</summary>
/// <param name="Name">The bug.</param>
/// <param name="Make">A fresh one, for those that remember what they should not.</param>
/// <param name="CaughtBy">Names of laws.</param>
public sealed record Mutant(string Name, Func<StepFunction> Make, string[] CaughtBy)
{
    public Mutant(string name, StepFunction step, params string[] caughtBy)
        : this(name, () => step, caughtBy)
    {
    }
}

/// <summary>Ways to spoil the scheduler from outside.</summary>
internal static class Spoil
{
    /// <summary>It believes in other limits than its configuration's.</summary>
    public static StepFunction Limits(Func<SchedulerConfig, SchedulerConfig> other) =>
        (config, state, evt) => Scheduler.Step(other(config), state, evt);

    /// <summary>It hears another event than happened.</summary>
    public static StepFunction Hears(Func<SchedulerState, Event, Event> other) =>
        (config, state, evt) => Scheduler.Step(config, state, other(state, evt));

    /// <summary>It hears of another request than was submitted.</summary>
    public static StepFunction HearsStop(Func<StopRule, StopRule> other) =>
        Hears((_, evt) => evt is Event.Submitted(var request)
            ? new Event.Submitted(request with { Stop = other(request.Stop) })
            : evt);

    /// <summary>It leaves another state behind.</summary>
    public static StepFunction Leaves(Func<Transition, SchedulerState> other) =>
        (config, state, evt) =>
        {
            var transition = Real(config, state, evt);
            return (other(transition), transition.Decisions);
        };

    /// <summary>It decides something else.</summary>
    public static StepFunction Says(Func<Transition, IEnumerable<Decision>> other) =>
        (config, state, evt) =>
        {
            var transition = Real(config, state, evt);
            return (transition.After, Prelude.toSeq(other(transition).ToArray()));
        };

    /// <summary>It ends requests for another reason.</summary>
    public static StepFunction Reasons(Func<Event, FinishReason, FinishReason> other) =>
        Says(step => step.Decisions.Select(decision => decision is Decision.Finish end
            ? end with { Reason = other(step.Event, end.Reason) }
            : decision));

    /// <summary>It makes another plan of the same step.</summary>
    public static StepFunction Plans(Func<StepPlan, StepPlan> other) =>
        Plans((step, plan) => (step.After, other(plan)));

    /// <summary>It makes another plan of the same step, and leaves another state.</summary>
    public static StepFunction Plans(
        Func<Transition, StepPlan, (SchedulerState After, StepPlan Plan)> other) =>
        (config, state, evt) =>
        {
            var transition = Real(config, state, evt);
            if (transition.Planned is not { } plan)
                return (transition.After, transition.Decisions);
            var (after, spoilt) = other(transition, plan);
            return (
                state.InFlight is null
                    ? after with { InFlight = spoilt }
                    : after with { Ahead = spoilt },
                Prelude.toSeq<Decision>([new Decision.RunStep(spoilt)]));
        };

    /// <summary>It plans over another state than there is, and puts back what was hidden.</summary>
    public static StepFunction Hides(
        Func<SchedulerConfig, SchedulerState, SchedulerState> hide,
        Func<SchedulerState, SchedulerState, SchedulerState> restore) =>
        (config, state, evt) =>
        {
            if (evt is not Event.StepWanted || state.InFlight is not null)
                return Scheduler.Step(config, state, evt);
            var hidden = hide(config, state);
            var (next, decisions) = Scheduler.Step(config, hidden, evt);
            return ReferenceEquals(hidden, state)
                ? (next, decisions)
                : (restore(state, next), decisions);
        };

    private static Transition Real(SchedulerConfig config, SchedulerState state, Event evt)
    {
        var (next, decisions) = Scheduler.Step(config, state, evt);
        return new Transition(0, config, state, evt, decisions, next);
    }
}
